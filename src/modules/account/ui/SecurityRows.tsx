import type { CheckUpRow } from '#web/lib/check-up.ts'
import { SecurityRow } from './SecurityRow.tsx'
import type { Told } from './use-check-up.ts'

/** The rows of a list: what the modules tell, and in place of an answer that is missing a row that says so. */
export const SecurityRows = ({ told }: { readonly told: readonly Told[] }) =>
  told.map(({ module, icon, name, rows, missing }) =>
    missing ? (
      <SecurityRow key={module} icon={icon} name={name} fact="" query={missing} />
    ) : (
      rows.map((row: CheckUpRow) => <SecurityRow key={`${module} ${row.name}`} {...row} />)
    ),
  )
