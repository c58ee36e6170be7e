/** Permissions travel with the installation's namespace (`comerix.people.view`); pages name them without. */
export const holdsPermission = (held: readonly string[], needed: string): boolean =>
  held.some((permission) => permission === needed || permission.endsWith(`.${needed}`))
