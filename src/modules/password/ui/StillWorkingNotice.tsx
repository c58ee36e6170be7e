import type { ComponentType, ReactNode } from 'react'
import { type AnswerOf, pages } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Notice } from '#web/ui/plain/Notice.tsx'
import classes from './StillWorkingNotice.module.css'

export type StillWorking = AnswerOf<Contracts['password']['operations']['reset']>['stillWorking']

export type PageLinkProps = { readonly to: string; readonly children: ReactNode }

type Props = {
  readonly stillWorking: StillWorking
  /** The entrance and the signed-in pages each go to a page in their own way. */
  readonly link: ComponentType<PageLinkProps>
}

/** What the new password did not end, each with the page where it can be. Nothing when there is nothing. */
export const StillWorkingNotice = ({ stillWorking, link: PageLink }: Props) => {
  const t = useTexts('password')
  const kinds = [
    ['accessTokens', pages.accessTokens.list],
    ['apiKeys', pages.apiKey.apiKey],
    ['sshKeys', pages.sshKeys.list],
  ] as const
  const found = kinds.filter(([kind]) => stillWorking[kind] > 0)
  if (found.length === 0) return null
  return (
    <Notice tone="info">
      {t('stillWorking.title')}
      <ul className={classes.list}>
        {found.map(([kind, page]) => (
          <li key={kind}>
            <PageLink to={page}>
              {t(`stillWorking.${kind}`, { count: stillWorking[kind] })}
            </PageLink>
          </li>
        ))}
      </ul>
      {t('stillWorking.advice')}
    </Notice>
  )
}
