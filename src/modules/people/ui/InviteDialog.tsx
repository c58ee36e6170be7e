import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useUnsavedForm } from '#web/lib/unsaved.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ChoiceField } from '#web/ui/ChoiceField.tsx'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './InviteDialog.module.css'
import { reloadInvitations } from './queries.ts'

const roles = ['member', 'viewer', 'admin', 'owner'] as const
type Role = (typeof roles)[number]
const isRole = (value: string): value is Role => roles.some((role) => role === value)

const fields = ['email', 'role'] as const
type Field = (typeof fields)[number]

const InviteForm = ({ onClose }: { readonly onClose: () => void }) => {
  const t = useTexts('people')
  const formatter = useFormatter()
  const me = useMe()
  const client = useQueryClient()
  const offered = roles.filter((role) => role !== 'owner' || me.role === 'owner')
  const form = useForm<Field>(
    {
      fields,
      check: ({ email }) => ({ email: firstOf(email, required, emailAddress) }),
      send: async ({ email, role }) => {
        if (!isRole(role)) return undefined
        const { expiresAt } = await api.people.invite({ email: email.trim(), role })
        void reloadInvitations(client)
        toast.done(t('invite.done', { email: email.trim(), date: formatter.date(expiresAt) }))
        onClose()
        return undefined
      },
      besideField: {
        'people.already_member': 'email',
        'people.address_invalid': 'email',
        'people.invited_too_often': 'email',
      },
      focusAfterRefusal: 'email',
    },
    problemText,
  )
  useUnsavedForm(form.props.ref)
  return (
    <form {...form.props}>
      <p className={classes.explanation}>{t('invite.explanation')}</p>
      <div className={classes.fields}>
        <TextField
          {...form.field('email')}
          label={t('invite.email')}
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          data-autofocus
        />
        <ChoiceField
          name="role"
          label={t('invite.role')}
          defaultValue="member"
          choices={offered.map((role) => ({
            value: role,
            label: t(`roles.${role}`),
            description: t(`roleMeans.${role}`),
          }))}
        />
      </div>
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('invite.cancel')}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t('invite.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

type Props = { readonly opened: boolean; readonly onClose: () => void }

export const InviteDialog = ({ opened, onClose }: Props) => {
  const t = useTexts('people')
  return (
    <Dialog opened={opened} onClose={onClose} title={t('invite.title')} size={460}>
      <InviteForm onClose={onClose} />
    </Dialog>
  )
}
