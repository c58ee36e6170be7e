import { Refusal, type Rule } from '@latchkey/kit'
import {
  claimUsername,
  countUsernames,
  findPersonById,
  lockPerson,
  updatePerson,
} from '#modules/people/api.ts'
import { type operations, refusals, usernamesMax } from './contract.ts'
import { usernameChanged } from './events.ts'
import { usernameSettings } from './settings.ts'

/**
 * A person chooses this name by themselves, and servers open the Unix account of the same name. So none of the
 * accounts that come with a system or its usual services: Debian's base-passwd first, then what clouds and
 * packages add.
 */
const reserved = new Set(
  [
    'root daemon bin sys sync games man lp mail news uucp proxy backup list irc gnats nobody sshd',
    'messagebus polkitd dbus uuidd tcpdump systemd avahi colord dnsmasq ntp chrony rtkit tss usbmux',
    'adm admin admins administrator operator superuser sudo wheel staff users user guest test nologin',
    'www www-data http httpd apache nginx caddy traefik haproxy git gitea gitlab postgres postgresql',
    'mysql mariadb redis mongodb rabbitmq elasticsearch kafka zookeeper memcache ldap openldap slapd',
    'bind named postfix dovecot exim opendkim clamav docker containerd libvirt kvm qemu kube etcd',
    'vault consul nomad jenkins ansible puppet chef salt vagrant deploy deployer service system host',
    'ubuntu debian centos fedora rocky almalinux alpine arch ec2-user cloud-user core opc azureuser pi',
    'prometheus grafana node-exporter zabbix nagios icinga oracle sap tomcat latchkey hostmaster',
    'postmaster webmaster abuse security support',
  ].flatMap((line) => line.split(' ')),
)

const isReserved = (username: string, more: readonly string[]): boolean =>
  reserved.has(username) || username.startsWith('systemd-') || more.includes(username)

/** Its own act, for a browser and a fresh proof: the name decides whose account on a server a key opens. */
export const chooseUsername: Rule<typeof operations.chooseUsername> = (ctx, { username }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    // One change at a time, or two at once would both be counted as the last that is allowed.
    await lockPerson(ctx.db, userId)
    const person = await findPersonById(ctx.db, userId)
    if (person?.username === username) return { username }
    const at = ctx.now()
    if (username !== null) {
      if (isReserved(username, ctx.config.read(usernameSettings).reserved))
        throw new Refusal(refusals.username_reserved)
      const owner = await claimUsername(ctx.db, { username, user_id: userId, taken_at: at })
      if (owner !== userId) throw new Refusal(refusals.username_taken)
      if ((await countUsernames(ctx.db, userId)) > usernamesMax)
        throw new Refusal(refusals.usernames_used_up)
    }
    await updatePerson(ctx.db, userId, { username, updated_at: at })
    await ctx.announce(usernameChanged, { username })
    return { username }
  })
