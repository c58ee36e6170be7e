// Vite's development server in front of the API, so that the browser sees one origin.
import { createServer } from 'vite'

const [port, apiPort] = process.argv.slice(2).map(Number)
const api = {
  target: `http://127.0.0.1:${apiPort}`,
  // The API reference is a page of ours under an address of the API.
  bypass: ({ url }) => (/^\/api\/reference($|[/?])/.test(url) ? '/index.html' : undefined),
}
const server = await createServer({
  server: {
    host: 'localhost',
    port,
    strictPort: true,
    proxy: Object.fromEntries(
      ['/api', '/healthz', '/readyz', '/keys', '/mcp', '/.well-known'].map((path) => [path, api]),
    ),
  },
})
await server.listen()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => server.close().finally(() => process.exit(0)))
}
