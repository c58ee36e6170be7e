import { defineRefusals } from '@latchkey/kit'

const showIt = 'ssh-keygen prints the public half of a key with: ssh-keygen -y -f ~/.ssh/id_ed25519'

export const refusals = defineRefusals({
  not_found: {
    code: 'ssh-keys.not_found',
    status: 404,
    title: 'There is no such SSH key.',
    help: 'It may have been deleted. Reload the list to see what is there.',
  },
  private_key: {
    code: 'ssh-keys.private_key',
    status: 422,
    title: 'This is a private key. It must not leave your machine.',
    help: `Nothing of it was kept. Whoever has seen it can act as you: if it went to anybody but yourself, this request included, delete it and make a new one. Add the public half, usually the file of the same name that ends in .pub; ${showIt}`,
  },
  unreadable: {
    code: 'ssh-keys.unreadable',
    status: 422,
    title: 'This is not an SSH public key.',
    help: 'A public key is one line that starts with its type, like ssh-ed25519 AAAA…, usually in a file that ends in .pub.',
  },
  damaged: {
    code: 'ssh-keys.damaged',
    status: 422,
    title: 'This key is damaged.',
    help: 'Its content is not what its type promises: something was cut off, changed or added. Copy the whole line again, without line breaks.',
  },
  several: {
    code: 'ssh-keys.several',
    status: 422,
    title: 'These are several keys.',
    help: 'Add them one by one, so that each has its own title and can be deleted by itself.',
  },
  options: {
    code: 'ssh-keys.options',
    status: 422,
    title: 'Something stands before the key.',
    help: 'Options like command="…" or from="…", and names of hosts, are not taken. Start the line with the type of the key; options belong into the configuration of the server.',
  },
  certificate: {
    code: 'ssh-keys.certificate',
    status: 422,
    title: 'This is a certificate, not a key.',
    help: 'Add the public key it was made from: the file of the same name without -cert.',
  },
  other_format: {
    code: 'ssh-keys.other_format',
    status: 422,
    title: 'This public key is in another format.',
    help: 'Convert it to OpenSSH first. RFC 4716 (BEGIN SSH2 PUBLIC KEY): ssh-keygen -i -f key.pub. PEM (BEGIN PUBLIC KEY): ssh-keygen -i -m PKCS8 -f key.pem. PEM (BEGIN RSA PUBLIC KEY): ssh-keygen -i -m PEM -f key.pem.',
  },
  dsa: {
    code: 'ssh-keys.dsa',
    status: 422,
    title: 'DSA keys are not safe any more.',
    help: 'OpenSSH has stopped using them. Make a new key with: ssh-keygen -t ed25519',
  },
  rsa_short: {
    code: 'ssh-keys.rsa_short',
    status: 422,
    title: 'This RSA key is too short.',
    help: 'The detail says how many bits it needs. Make a new key with: ssh-keygen -t ed25519, or ssh-keygen -t rsa -b 3072',
  },
  type_unknown: {
    code: 'ssh-keys.type_unknown',
    status: 422,
    title: 'This type of key is not accepted.',
    help: 'Accepted are Ed25519, ECDSA (P-256, P-384, P-521), RSA, and Ed25519 and ECDSA on a security key. Make a new key with: ssh-keygen -t ed25519',
  },
  already_yours: {
    code: 'ssh-keys.already_yours',
    status: 409,
    title: 'You have this key already.',
    help: 'It is in your list, perhaps under another title or expired. Delete it there to add it with another title or date.',
  },
  in_use: {
    code: 'ssh-keys.in_use',
    status: 409,
    title: 'This key cannot be added.',
    help: 'A key belongs to one person, and this one is in use. Make a new key for this account; if somebody else has added yours, ask an operator.',
  },
  expiry_past: {
    code: 'ssh-keys.expiry_past',
    status: 422,
    title: 'The key would expire in the past.',
    help: 'Choose a later moment, or none.',
  },
  too_many: {
    code: 'ssh-keys.too_many',
    status: 409,
    title: 'There are as many SSH keys as a person can have.',
    help: 'Delete one that is no longer used.',
  },
})
