import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  // The work grows faster than the length, and what follows 100 characters no longer makes a password weak.
  maxLength: 100,
})

type Question = { readonly id: number; readonly password: string; readonly personal: string[] }

parentPort?.on('message', ({ id, password, personal }: Question) => {
  parentPort?.postMessage({ id, score: zxcvbn.check(password, personal).score })
})
