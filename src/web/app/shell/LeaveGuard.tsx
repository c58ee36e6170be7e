import { Button } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTexts } from '#web/lib/texts.ts'
import { isWorkUnsaved } from '#web/lib/unsaved.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { isLeaving } from '../session/leave.ts'
import classes from './LeaveGuard.module.css'

type Place = { readonly pathname: string; readonly search: object }

/** A fragment leads to another part of the same page: nothing is lost by it. */
const isOtherPage = ({ current, next }: { readonly current: Place; readonly next: Place }) =>
  current.pathname !== next.pathname ||
  JSON.stringify(current.search) !== JSON.stringify(next.search)

const shouldAsk = (places: { readonly current: Place; readonly next: Place }): boolean =>
  isOtherPage(places) && isWorkUnsaved()

/** A page whose session has ended must go, even with unsaved text in it. */
const shouldBrowserAsk = (): boolean => isWorkUnsaved() && !isLeaving()

/** Asks before unsaved work is left behind: for links and Back with a dialog, for closing the tab by the browser. */
export const LeaveGuard = () => {
  const t = useTexts('app')
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: shouldAsk,
    enableBeforeUnload: shouldBrowserAsk,
    withResolver: true,
  })
  return (
    <Dialog opened={status === 'blocked'} onClose={() => reset?.()} title={t('unsaved.title')}>
      <p className={classes.fact}>{t('unsaved.fact')}</p>
      <DialogActions>
        <Button variant="default" onClick={proceed}>
          {t('unsaved.leave')}
        </Button>
        <Button onClick={reset} data-autofocus>
          {t('unsaved.stay')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
