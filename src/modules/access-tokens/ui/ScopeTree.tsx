import { VisuallyHidden } from '@mantine/core'
import { useId } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import type { OfferedScope } from './queries.ts'
import classes from './ScopeTree.module.css'
import { type Branch, coveredBy, treesOf } from './scope-tree.ts'

type Choice = {
  readonly scopes: readonly OfferedScope[]
  readonly chosen: ReadonlySet<string>
  readonly onToggle: (id: string) => void
}

type Place = {
  /** False below a scope that nothing here needs: it has said so for all of them. */
  readonly isBelowNeeded: boolean
}
type NodeProps = Choice & Place & { readonly branch: Branch<OfferedScope> }

/** A native checkbox. What comes with a scope above is ticked, says so, and cannot be changed by itself. */
const Node = ({ branch: { scope, children }, isBelowNeeded, ...choice }: NodeProps) => {
  const t = useTexts('access-tokens')
  const id = useId()
  const cover = coveredBy(scope.id, choice.chosen, choice.scopes)
  const isTicked = cover !== undefined || choice.chosen.has(scope.id)
  return (
    <li className={classes.node}>
      <div className={classes.row} data-included={cover ? true : undefined}>
        <input
          id={id}
          className={classes.tick}
          type="checkbox"
          name="scopes"
          value={scope.id}
          checked={isTicked}
          disabled={cover !== undefined}
          aria-describedby={cover ? `${id}-cover ${id}-means` : `${id}-means`}
          onChange={() => choice.onToggle(scope.id)}
        />
        <div className={classes.words}>
          <label className={classes.label} htmlFor={id}>
            {scope.label}
          </label>
          {cover && (
            <span className={classes.included} id={`${id}-cover`}>
              {t('scopes.included')}
              <VisuallyHidden component="span">
                {' '}
                {t('scopes.includedIn', { scope: cover.label })}
              </VisuallyHidden>
            </span>
          )}
          <p className={classes.means} id={`${id}-means`}>
            {scope.allows}{' '}
            <code className={classes.id} translate="no">
              {scope.id}
            </code>
            {!scope.isNeededHere && isBelowNeeded && (
              <span className={classes.unneeded}>
                {t(children.length > 0 ? 'scopes.noneNeeded' : 'scopes.notNeeded')}
              </span>
            )}
          </p>
        </div>
      </div>
      {children.length > 0 && (
        <Nodes branches={children} isBelowNeeded={scope.isNeededHere} {...choice} />
      )}
    </li>
  )
}

const Nodes = ({ branches, ...choice }: Choice & Place & Pick<GroupProps, 'branches'>) => (
  <ul className={classes.nodes}>
    {branches.map((branch) => (
      <Node key={branch.scope.id} branch={branch} {...choice} />
    ))}
  </ul>
)

type GroupProps = Choice & {
  readonly name: 'rest' | 'agents'
  readonly branches: readonly Branch<OfferedScope>[]
}

const Group = ({ name, ...others }: GroupProps) => {
  const t = useTexts('access-tokens')
  const id = useId()
  if (others.branches.length === 0) return null
  return (
    <fieldset className={classes.group} aria-describedby={id}>
      <legend className={classes.legend}>{t(`scopes.${name}`)}</legend>
      <p className={classes.explanation} id={id}>
        {t(`scopes.${name}Means`)}
      </p>
      <Nodes isBelowNeeded {...others} />
    </fieldset>
  )
}

/** What modules offer: one group for the REST API, one for agents. */
export const ScopeTree = (choice: Choice) => {
  const { rest, agents } = treesOf(choice.scopes)
  return (
    <div className={classes.groups}>
      <Group name="rest" branches={rest} {...choice} />
      <Group name="agents" branches={agents} {...choice} />
    </div>
  )
}
