import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, passwordOf, signIn } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  countStatuses,
  fromElsewhere,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import type { InvitationRow } from './contract.ts'

const hourMs = 3600 * 1000
const dayMs = 24 * hourMs

onEachEngine('who was invited', (scene) => {
  let admin: Person
  const list = async (input: Record<string, unknown> = {}, browser = scene.owner.browser) => {
    const answer = await browser.do('people.list-invitations', input)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as { invitations: InvitationRow[]; next: string | null }
  }
  const invite = async (name: string, role = 'member', browser = scene.owner.browser) => {
    const email = `${name}@example.com`
    const answer = await browser.do('people.invite', { email, role })
    assert.equal(answer.status, 200, answer.text)
    const row = (await list()).invitations.find((one) => one.email === email)
    assert.ok(row)
    const { invitationId, expiresAt } = row
    assert.deepEqual(answer.body, { invitationId, expiresAt }, 'what was made can be addressed')
    return row
  }
  const linkTo = async (email: string): Promise<string> => {
    return tokenIn((await scene.app.mails()).findLast((mail) => mail.to === email))
  }
  const join = (token: string) =>
    scene.app
      .newBrowser()
      .do(
        'sign-in.join',
        { token, name: 'Somebody', password: passwordOf('basalt') },
        fromElsewhere(),
      )
  const resend = (invitationId: string, browser = scene.owner.browser) =>
    browser.do('people.resend-invitation', { invitationId })
  const withdraw = (invitationId: string, browser = scene.owner.browser) =>
    browser.do('people.withdraw-invitation', { invitationId })

  test('is listed until they join: who, role, by whom, when, until when', async () => {
    admin = await joinAs(scene.app, scene.owner, 'Boss', 'admin')
    assert.deepEqual(await list(), { invitations: [], next: null })
    const { invitationId, sentAt, expiresAt, ...row } = await invite('grace', 'viewer')
    assert.match(invitationId, /^inv_/)
    assert.deepEqual(row, { email: 'grace@example.com', role: 'viewer', invitedBy: 'Ada' })
    assert.equal(Date.parse(expiresAt) - Date.parse(sentAt), 7 * dayMs)
    assert.equal((await join(await linkTo('grace@example.com'))).status, 200)
    assert.deepEqual((await list()).invitations, [])
  })

  test('pages follow each other, the latest first', async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) await invite(name)
    const seen: string[] = []
    let after: string | null = null
    do {
      const part = await list({ limit: 2, ...(after ? { after } : {}) })
      seen.push(...part.invitations.map(({ email }) => email.split('@')[0] ?? ''))
      after = part.next
    } while (after)
    assert.deepEqual(seen, ['p5', 'p4', 'p3', 'p2', 'p1'])
    for (const made of ['x', Buffer.from('["a",1]').toString('base64url')])
      assert.equal((await list({ after: made })).invitations.length, 5)
  })

  test('a withdrawn invitation is gone, its link dead at once, and the trail says so', async () => {
    const row = await invite('mallory')
    const token = await linkTo(row.email)
    const said = await announcedBy(scene.owner.browser, async () => {
      assert.equal((await withdraw(row.invitationId)).status, 200)
    })
    assert.deepEqual(said, ['user.invitation:withdrawn success'])
    assertRefused(await join(token), 410, 'sign-in.link_invalid')
    assert.ok(!(await list()).invitations.some(({ email }) => email === row.email))
    assertRefused(await withdraw(row.invitationId), 404, 'people.invitation_not_found')
    assertRefused(await resend(row.invitationId), 404, 'people.invitation_not_found')
  })

  test('sent again, the new link works, the old one does not, and the seven days start again', async () => {
    const row = await invite('heidi', 'viewer')
    const old = await linkTo(row.email)
    scene.app.clock.advance(2 * dayMs)
    scene.owner = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    const said = await announcedBy(scene.owner.browser, async () => {
      assert.equal((await resend(row.invitationId)).status, 200)
    })
    assert.deepEqual(said, ['user.invitation:resent success'])
    const [now] = (await list()).invitations
    assert.deepEqual(
      { ...now, sentAt: '', expiresAt: '' },
      { ...row, sentAt: '', expiresAt: '' },
      'it is the same invitation, now the latest',
    )
    const later = Date.parse(now?.expiresAt ?? '') - Date.parse(row.expiresAt)
    assert.ok(later >= 2 * dayMs && later < 2 * dayMs + hourMs)
    assertRefused(await join(old), 410, 'sign-in.link_invalid')
    assert.equal((await join(await linkTo(row.email))).status, 200)
  })

  test('invited once more, only the latest link works', async () => {
    const first = await invite('ivan')
    const old = await linkTo(first.email)
    const again = await invite('ivan', 'admin')
    assert.equal(again.invitationId, first.invitationId)
    assert.equal(again.role, 'admin')
    assertRefused(await join(old), 410, 'sign-in.link_invalid')
  })

  test('gets no more than three mails an hour', async () => {
    const { invitationId } = await invite('judy')
    const statuses = countStatuses([
      await resend(invitationId),
      await resend(invitationId),
      await resend(invitationId),
    ])
    assert.deepEqual(statuses, { 200: 2, 429: 1 })
    assert.equal((await join(await linkTo('judy@example.com'))).status, 200, 'the last one works')
  })

  test('withdrawing and inviting anew gets nobody a fourth', async () => {
    const row = await invite('mia')
    for (let again = 0; again < 2; again++) {
      await withdraw(
        (await list()).invitations.find(({ email }) => email === row.email)?.invitationId ?? '',
      )
      await invite('mia')
    }
    const fourth = await scene.owner.browser.do('people.invite', {
      email: row.email,
      role: 'member',
    })
    assertRefused(fourth, 429, 'people.invited_too_often')
    assert.equal((await join(await linkTo(row.email))).status, 200, 'the last one works')
  })

  test('joining and withdrawing at once, one of the two happens', async () => {
    for (const name of ['race1', 'race2', 'race3']) {
      const { invitationId, email } = await invite(name)
      const token = await linkTo(email)
      const [joined, withdrawn] = await Promise.all([join(token), withdraw(invitationId)])
      assert.deepEqual(
        [joined.status, withdrawn.status],
        joined.status === 200 ? [200, 404] : [410, 200],
      )
    }
  })

  test('sent again by five at once, one link works in the end', async () => {
    const { invitationId, email } = await invite('kate')
    const answers = await Promise.all(times(5, () => resend(invitationId)))
    assert.deepEqual(countStatuses(answers), { 200: 2, 429: 3 })
    const tokens = (await scene.app.mails()).filter((mail) => mail.to === email).map(tokenIn)
    const joined: number[] = []
    for (const token of tokens) joined.push((await join(token)).status)
    assert.deepEqual(joined.toSorted(), [200, 410, 410])
  })

  test('as an owner is not for admins to send again, withdraw or replace by another', async () => {
    const { invitationId, email } = await invite('next-owner', 'owner')
    const token = await linkTo(email)
    admin = { ...admin, browser: await signIn(scene.app, admin) }
    for (const act of [resend, withdraw])
      assertRefused(await act(invitationId, admin.browser), 403, 'people.above_you')
    const lower = await admin.browser.do('people.invite', { email, role: 'viewer' })
    assertRefused(lower, 403, 'people.above_you')
    assert.equal((await join(token)).status, 200, 'the link of the owner still works')
    const member = await joinAs(scene.app, scene.owner, 'Plain')
    assertRefused(await member.browser.do('people.list-invitations'), 403, 'auth.not_allowed')
  })
})
