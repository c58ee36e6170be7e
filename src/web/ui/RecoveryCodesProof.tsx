import { Button } from '@mantine/core'
import { api } from '#web/lib/client.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { DialogActions } from './Dialog.tsx'
import { InlineProblem } from './InlineProblem.tsx'
import { ProgressButton } from './ProgressButton.tsx'
import { TextField } from './plain/Field.tsx'
import classes from './RecoveryCodesDialog.module.css'

type Props = {
  readonly back: { readonly label: string; readonly act: () => void }
  /** What a user does who cannot find them. */
  readonly advice?: string
  /** What is said of a code that is none of them. */
  readonly wrong: string
  readonly onDone: () => void
}

/** The codes are out of sight here: what is typed comes from where they were saved. */
export const RecoveryCodesProof = ({ back, advice, wrong, onDone }: Props) => {
  const t = useTexts('two-factor')
  const form = useForm(
    {
      fields: ['code'],
      check: ({ code }) => ({ code: firstOf(code, required, atMost(60)) }),
      send: async ({ code }) => {
        await api.twoFactor.acknowledgeCodes({ code: code.trim() })
        onDone()
        return undefined
      },
      besideField: { 'two-factor.code_wrong': 'code' },
      focusAtStart: 'code',
      focusAfterRefusal: 'code',
    },
    (problem) => (problem.code === 'two-factor.code_wrong' ? wrong : problemText(problem)),
  )
  return (
    <form {...form.props}>
      <div className={classes.proof}>
        <p className={classes.words}>
          {t('codes.proof.explanation')} {advice}
        </p>
        <TextField
          {...form.field('code')}
          label={t('codes.proof.field')}
          hint={t('codes.proof.hint')}
          isCode
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </div>
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={back.act}>
          {back.label}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t('codes.proof.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}
