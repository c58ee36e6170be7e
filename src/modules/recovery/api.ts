export { listOpen as listOpenRecoveries } from './store.ts'
