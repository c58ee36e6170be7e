/** The parts of a mail besides its own paragraphs, all in plain text. */
export type MailPage = {
  readonly language: string
  /** Name of the organisation that runs the installation. */
  readonly from: string
  readonly lines: readonly string[]
  /** Time, device and place, for mails that report an event. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** Why the user gets this mail. */
  readonly reason: string
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const paragraph = (line: string): string => {
  const escaped = escapeHtml(line)
  const link = /^https?:\/\/\S+$/.test(line)
  return link
    ? `<p style="margin:0 0 16px;word-break:break-all"><a href="${escaped}" class="accent" style="color:#0f766e">${escaped}</a></p>`
    : `<p style="margin:0 0 16px">${escaped}</p>`
}

const bar = (width: number, height: number): string =>
  `<div class="mark" style="width:${width}px;height:${height}px;margin-left:7px;font-size:0;line-height:0;background:#0f766e"></div>`

/**
 * The logo: a key whose bow is a rounded square. Drawn with boxes, because mail programs drop SVG, block remote pictures
 * and show embedded ones as attachments.
 */
const mark = [
  '<div class="bow" style="width:10px;height:10px;border:4px solid #0f766e;border-radius:6px;font-size:0;line-height:0"></div>',
  bar(4, 2),
  bar(8, 4),
  bar(4, 1),
  bar(7, 4),
  bar(4, 1),
].join('')

/** Mail programs with a dark scheme get the product's dark colours; the others keep the inline ones. */
const darkSheet = `@media (prefers-color-scheme:dark){
.paper{background:#131210!important;color:#edeae6!important}
.card{background:#1b1917!important;border-color:#332f2c!important}
.accent{color:#5eead4!important}
.mark{background:#5eead4!important}
.bow{border-color:#5eead4!important}
.muted{color:#aaa49c!important}
.line{border-color:#332f2c!important}
}`

const factRow = ([label, value]: readonly [string, string]): string =>
  `<tr><td class="muted" style="padding:4px 16px 4px 0;vertical-align:top;white-space:nowrap;color:#66605a">${escapeHtml(label)}</td><td style="padding:4px 0;vertical-align:top;word-break:break-word">${escapeHtml(value)}</td></tr>`

const factsTable = (facts: MailPage['facts']): string =>
  facts.length === 0
    ? ''
    : `<table class="line" role="presentation" cellspacing="0" cellpadding="0" style="width:100%;margin:0 0 16px;padding:8px 0;border-top:1px solid #e5e1dc;border-bottom:1px solid #e5e1dc;font-size:14px">${facts.map(factRow).join('')}</table>`

/** The greeting and the event come before the facts; the advice follows below them. */
export const factsAfter = 2

/** The HTML part of a mail. No script, no picture, nothing remote. */
export const mailPage = ({ language, from, lines, facts, reason }: MailPage): string =>
  `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>${darkSheet}</style></head>
<body class="paper" style="margin:0;padding:24px 12px;background:#faf9f7;color:#1f1d1a;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:560px;margin:0 auto">
<table role="presentation" cellspacing="0" cellpadding="0" style="margin:0 0 16px 12px"><tr><td aria-hidden="true" style="padding-right:12px;vertical-align:middle">${mark}</td><td style="vertical-align:middle;font-size:17px;font-weight:600">${escapeHtml(from)}</td></tr></table>
<div class="card" style="padding:24px 24px 8px;background:#ffffff;border:1px solid #e5e1dc;border-radius:8px">
${lines.slice(0, factsAfter).map(paragraph).join('\n')}
${factsTable(facts)}
${lines.slice(factsAfter).map(paragraph).join('\n')}
</div>
<p class="muted" style="margin:16px 12px 0;font-size:13px;color:#66605a">${escapeHtml(reason)}</p>
</div></body></html>`
