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
  // Ways to read 4, @ and $ as letters. People use a few; a password made of such signs has thousands, and tried with the
  // 100 of the library takes a second.
  l33tMaxSubstitutions: 20,
})

type Question = { readonly password: string; readonly personal: string[] }

parentPort?.on('message', ({ password, personal }: Question) => {
  parentPort?.postMessage(zxcvbn.check(password, personal).score)
})

// The word lists are read: from here on a question is answered at once, and its time counts.
parentPort?.postMessage('ready')
