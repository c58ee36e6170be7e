export { pageOf } from '@latchkey/kit/server'
