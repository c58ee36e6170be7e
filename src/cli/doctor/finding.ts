export type Finding = {
  /** What was looked at: `mail`, `key file`, … */
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}

type Said = string | { readonly message: string; readonly advice: string }

const finding = (check: string, state: Finding['state'], said: Said): Finding => ({
  ...{ check, state },
  ...(typeof said === 'string' ? { message: said } : said),
})

/** Findings of one check, by how bad they are. */
export const about = (check: string) => ({
  ok: (message: string): Finding => finding(check, 'ok', message),
  warning: (message: string, advice: string): Finding =>
    finding(check, 'warning', { message, advice }),
  problem: (message: string, advice: string): Finding =>
    finding(check, 'problem', { message, advice }),
})

/** Looks; what goes wrong while looking is a finding too. */
export const looked = async (
  check: string,
  look: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> => {
  try {
    return await look()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      about(check).problem(
        `Could not be looked at: ${reason}`,
        'Put right what stands above first.',
      ),
    ]
  }
}
