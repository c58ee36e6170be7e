import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { automaticPreferences, createFormatter, type FormatPreferences } from './formatter.ts'

const berlin = {
  language: 'en',
  deviceLocales: ['en-GB', 'de-DE'],
  deviceTimeZone: 'Europe/Berlin',
  justNow: 'just now',
}
const now = Date.UTC(2026, 10, 23, 12, 0, 0)
const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes
const days = 24 * hours

const formatter = (preferences: Partial<FormatPreferences> = {}, around = berlin) =>
  createFormatter({ ...automaticPreferences, ...preferences }, around)

/** ICU separates times from what follows with spaces of several widths. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('automatic', () => {
  it('takes the language of the interface with the region of the device', () => {
    assert.equal(formatter().locale, 'en-GB')
  })
  it('takes the language alone when the device speaks another one', () => {
    assert.equal(formatter({}, { ...berlin, language: 'fr' }).locale, 'fr')
  })
  it('takes the time zone of the device', () => {
    assert.match(formatter().dateTime(now), /13:00/)
  })
})

describe('chosen', () => {
  it('locale and time zone win over the device', () => {
    const chosen = formatter({ locale: 'de-DE', timeZone: 'America/New_York' })
    assert.match(chosen.dateTime(now), /23\.11\.2026, 07:00/)
  })
  it('a 12-hour clock is used where 24 hours are usual', () => {
    assert.match(plain(formatter({ hours: '12' }).dateTime(now)), /1:00 pm/)
  })
  it('a 24-hour clock is used where 12 hours are usual', () => {
    assert.match(formatter({ locale: 'en-US', hours: '24' }).dateTime(now), /13:00/)
  })
})

describe('relative time', () => {
  const when = (ago: number) => formatter().when(now - ago, now)
  it('says just now for less than 45 seconds, also of a clock that runs ahead', () => {
    assert.equal(when(0), 'just now')
    assert.equal(when(44 * seconds), 'just now')
    assert.equal(when(-30 * seconds), 'just now')
  })
  it('counts what is complete', () => {
    assert.equal(when(50 * seconds), '1 minute ago')
    assert.equal(when(59 * minutes), '59 minutes ago')
    assert.equal(when(119 * minutes), '1 hour ago')
    assert.equal(when(1 * days), 'yesterday')
    assert.equal(when(29 * days), '29 days ago')
  })
  it('looks ahead as well', () => {
    assert.equal(when(-3 * hours), 'in 3 hours')
  })
  it('what was just made for so many days says so', () => {
    for (const chosen of [2, 7, 14, 30])
      for (const ago of [-30 * seconds, 0, 5 * seconds, 20 * minutes])
        assert.equal(when(ago - chosen * days), `in ${chosen} days`)
    assert.equal(when(-24 * hours), 'tomorrow')
    assert.equal(when(5 * seconds - 24 * hours), 'tomorrow')
    assert.equal(when(5 * seconds - 1 * hours), 'in 1 hour')
  })
  it('what ends is not promised for longer than it is nearest to', () => {
    assert.equal(when(-29.4 * days), 'in 29 days')
    assert.equal(when(-29.6 * days), 'in 30 days')
    assert.equal(when(-23.4 * hours), 'in 23 hours')
    assert.equal(when(-59.4 * minutes), 'in 59 minutes')
  })
  it('becomes a date after 30 days', () => {
    assert.equal(when(31 * days), '23 Oct 2026')
  })
  it('is a date with time when it is switched off', () => {
    assert.equal(formatter({ relativeTime: 'off' }).when(now, now), '23 Nov 2026, 13:00')
  })
})

describe('everything else', () => {
  it('the exact form names weekday, seconds and zone', () => {
    assert.match(formatter().exact(now), /^Monday,? 23 November 2026 at 13:00:00 CET$/)
  })
  it('sizes count in steps of 1,024', () => {
    assert.equal(formatter().fileSize(2 * 1024 * 1024), '2 MB')
    assert.equal(formatter().fileSize(1536), '1.5 kB')
    assert.equal(formatter().fileSize(0), '0 bytes')
  })
  it('countries have names, and an unknown code is shown as it is', () => {
    assert.equal(formatter().country('UA'), 'Ukraine')
    assert.equal(formatter().country('?'), '?')
  })
})
