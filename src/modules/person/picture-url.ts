/** Where a picture is found, with its version so that a new one is seen at once. */
export const pictureUrl = (userId: string, version: string | null): string | null =>
  version ? `/api/v1/people/${userId}/picture?v=${version}` : null
