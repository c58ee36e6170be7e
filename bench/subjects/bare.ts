import { createServer } from 'node:http'

/** The ceiling: Node answering one fixed line of JSON, and nothing else. */
const body = JSON.stringify({ ok: true })

createServer((_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
