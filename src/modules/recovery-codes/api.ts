export {
  acknowledge,
  checkCode,
  describeCodes,
  dropCodes,
  hasCodes,
  prepareCodes,
  saveCodes,
  saveFirstCodes,
} from './codes.ts'
export { twoFactorDisabled } from './events.ts'
export { announceSwitchedOff, announceSwitchedOn, keepsSecondStep } from './second-step.ts'
