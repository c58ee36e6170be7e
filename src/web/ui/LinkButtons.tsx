import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { LinkSlotName } from '#web/lib/ui-module.ts'
import { useLinks } from './contributions.ts'

/** What a person can do next, elsewhere: one button for each way on that a module offers here. */
export const LinkButtons = ({ slot }: { readonly slot: LinkSlotName }) =>
  useLinks(slot).map(({ label, to, hash }) => (
    <Button
      key={label}
      component={Link}
      to={to}
      {...(hash === undefined ? {} : { hash })}
      variant="default"
    >
      {label}
    </Button>
  ))
