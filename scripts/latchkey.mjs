#!/usr/bin/env node
// The command line program: `npx latchkey`, `npm run latchkey -- user list`, or `latchkey` where the package is installed.
// Plain JavaScript that any Node reads: a machine with an old one is told so in words.
import { existsSync } from 'node:fs'

const isCheckout = existsSync(new URL('../src/cli.ts', import.meta.url))
await import(isCheckout ? './latchkey-checkout.mjs' : './latchkey-installed.mjs')
