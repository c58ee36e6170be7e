import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { networkShareOf, shareOfType } from './network-share.ts'

test('a network share is told by its number, signed or not, and nothing else is one', () => {
  assert.equal(shareOfType(0x6969), 'NFS')
  assert.equal(shareOfType(0xff534d42), 'CIFS')
  assert.equal(shareOfType(0xff534d42 | 0), 'CIFS')
  for (const local of [0xef53, 0x01021994, 0x58465342, 0x9123683e, 0x794c7630])
    assert.equal(shareOfType(local), null, local.toString(16))
})

test('this machine is asked, and a folder that is not there is none', () => {
  const type = execFileSync('stat', ['-f', '-c', '%t', tmpdir()]).toString().trim()
  assert.equal(networkShareOf(tmpdir()), shareOfType(Number.parseInt(type, 16)))
  assert.equal(networkShareOf('/nowhere/at/all'), null)
})
