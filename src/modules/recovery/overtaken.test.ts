import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockPerson, raiseEpoch } from '#modules/person/api.ts'
import { endOtherSessions } from '#modules/sessions/api.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { addPasskey, newcomer, newcomerWithApp, offerPasskey } from '#test/harness/factors.ts'
import { makeToken } from '#test/harness/keys.ts'
import { signIn } from '#test/harness/people.ts'
import { isSignedIn, onEachEngine } from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'

type Codes = { recovery_codes: { readonly user_id: string } }

onEachEngine('a request that a recovery or a new password overtakes', (scene) => {
  test('was let in before, and still makes nothing that would outlive it', async () => {
    const ada = await newcomer(scene)
    const old = await makeToken(ada)
    const { input } = await offerPasskey(scene.app, ada.browser)
    const system = createContext(scene.app.app.services, systemActor('test'))
    const underWay: Promise<{ readonly status: number }>[] = []
    await system.transaction(async (ctx) => {
      await lockPerson(ctx.db, ada.userId)
      underWay.push(
        ada.browser.do('access-tokens.create', { name: 'Left behind', expiresAt: null }),
        ada.browser.do('access-tokens.rotate', { tokenId: old.id }),
        ada.browser.do('api-key.create'),
        ada.browser.do('ssh-keys.add', { publicKey: freshKey() }),
        ada.browser.do('passkeys.register', input),
        ada.browser.do('account.choose-username', { username: 'left-behind' }),
      )
      // They are let in meanwhile, and wait for the person's row.
      await sleep(400)
      await raiseEpoch(ctx.db, ada.userId)
    })
    const statuses = (await Promise.all(underWay)).map(({ status }) => status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 401])
  })

  test('gets no new recovery codes, and takes no factor away', async () => {
    const bob = await newcomerWithApp(scene)
    const { passkeyId } = await addPasskey(scene.app, bob.browser)
    const { db } = scene.app
    const codes = () => db.withTables<Codes>().selectFrom('recovery_codes').selectAll()
    const before = await codes().where('user_id', '=', bob.userId).execute()
    const system = createContext(scene.app.app.services, systemActor('test'))
    const underWay: Promise<{ readonly status: number }>[] = []
    await system.transaction(async (ctx) => {
      await lockPerson(ctx.db, bob.userId)
      underWay.push(
        bob.browser.do('two-factor.regenerate-codes'),
        bob.browser.do('two-factor.remove', { authenticatorId: bob.phone.id }),
        bob.browser.do('two-factor.disable'),
        bob.browser.do('passkeys.remove', { passkeyId }),
      )
      // Ten codes are hashed before the row is asked for.
      await sleep(1500)
      await raiseEpoch(ctx.db, bob.userId)
    })
    const statuses = (await Promise.all(underWay)).map(({ status }) => status)
    assert.deepEqual(statuses, [401, 401, 401, 401])
    assert.deepEqual(await codes().where('user_id', '=', bob.userId).execute(), before)
  })

  test('invites nobody, recovers nobody and sets no password once its session was ended', async () => {
    const boss = await newcomer(scene, 'admin')
    const [eve, other] = [await newcomer(scene), await signIn(scene.app, boss)]
    const invited = 'waiting@example.com'
    assert.equal(
      (await boss.browser.do('people.invite', { email: invited, role: 'viewer' })).status,
      200,
    )
    const list = (await boss.browser.do('people.list-invitations')).body.invitations
    const { invitationId } = list.find(({ email }: { email: string }) => email === invited)
    const { userId, browser, password } = boss
    const system = createContext(scene.app.app.services, systemActor('test'))
    const underWay: Promise<{ readonly status: number }>[] = []
    await system.transaction(async (ctx) => {
      await lockPerson(ctx.db, userId)
      underWay.push(
        browser.do('people.invite', { email: 'puppet@example.com', role: 'admin' }),
        browser.do('people.resend-invitation', { invitationId }),
        browser.do('recovery.start', { userId: eve.userId }),
        browser.do('password.change', {
          currentPassword: password,
          newPassword: 'granite-lantern-47-orchard',
        }),
      )
      // The change judges and hashes the password before it asks for the row.
      await sleep(1500)
      await endOtherSessions(ctx, { userId, exceptId: null, reason: 'revoked' })
    })
    const statuses = (await Promise.all(underWay)).map(({ status }) => status)
    assert.deepEqual(statuses, [401, 401, 401, 401])
    assert.equal(await isSignedIn(scene.app, other), false)
    assert.ok(await signIn(scene.app, boss), 'the password is the one it was')
  })
})
