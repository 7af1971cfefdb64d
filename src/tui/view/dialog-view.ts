// Dialogs lie over the middle of the screen. The button or choice with the focus stands in brackets and in
// inverse, so it shows without colour too.

import { bindings } from '../keys.js'
import type { Dialog } from '../model.js'
import { fit, widthOf } from '../text/cells.js'
import type { GlyphSet } from '../text/glyphs.js'
import { box, type Canvas, clear, put, putSpans, type Region, style } from './frame.js'

const widest = 60

export function drawDialog(canvas: Canvas, dialog: Dialog, glyphs: GlyphSet): void {
  switch (dialog.kind) {
    case 'question':
      return drawQuestion(canvas, dialog, glyphs)
    case 'picker':
      return drawList(canvas, dialog.title, labelsOf(dialog), dialog.focus, true, glyphs)
    case 'help':
      return drawList(canvas, 'Keys', helpLines(glyphs), dialog.scroll, false, glyphs)
  }
}

function drawQuestion(canvas: Canvas, dialog: Dialog & { kind: 'question' }, glyphs: GlyphSet): void {
  const { title, lines, buttons, focus } = dialog
  const inside = openBox(canvas, title, lines.length + 2, glyphs)
  lines.forEach((line, i) => {
    put(canvas, { x: inside.x + 1, y: inside.y + i, width: inside.width - 2 }, line)
  })
  const spans = buttons.map((button, i) =>
    i === focus
      ? ([`[ ${button.label} (${button.key}) ]  `, style.bold | style.inverse] as const)
      : ([`  ${button.label} (${button.key})    `, style.plain] as const),
  )
  putSpans(
    canvas,
    { x: inside.x + 1, y: inside.y + inside.height - 1, width: inside.width - 2 },
    trimmed(spans),
  )
}

/** The space after the brackets is not part of the highlight. */
function trimmed(
  spans: readonly (readonly [string, number])[],
): readonly (readonly [text: string, drawn: number])[] {
  return spans.flatMap(([text, drawn]) => [
    [text.trimEnd(), drawn] as const,
    [text.slice(text.trimEnd().length), style.plain] as const,
  ])
}

function labelsOf(dialog: Dialog & { kind: 'picker' }): readonly string[] {
  return dialog.choices.map(choice => choice.label)
}

function helpLines(glyphs: GlyphSet): readonly string[] {
  return bindings.map(({ shown, does }) => `${fit(shown, 12, glyphs.charset)} ${does}`)
}

function drawList(
  canvas: Canvas,
  title: string,
  lines: readonly string[],
  focus: number,
  isChoice: boolean,
  glyphs: GlyphSet,
): void {
  const room = Math.max(1, canvas.height - 6)
  const height = Math.min(lines.length, room)
  const hint = isChoice
    ? 'enter chooses, esc closes'
    : lines.length > height
      ? 'j and k scroll, esc closes'
      : 'esc closes'
  const inside = openBox(canvas, title, height + 1, glyphs)
  const first = isChoice
    ? Math.max(0, Math.min(focus - height + 1, lines.length - height))
    : Math.min(focus, lines.length - height)
  lines.slice(first, first + height).forEach((line, i) => {
    const isFocus = isChoice && first + i === focus
    const drawn = isFocus ? style.inverse | style.bold : style.plain
    const text = isChoice ? fit(`${isFocus ? '> ' : '  '}${line}`, inside.width, glyphs.charset) : ` ${line}`
    put(canvas, { x: inside.x, y: inside.y + i, width: inside.width }, text, drawn)
  })
  put(canvas, { x: inside.x + 1, y: inside.y + inside.height - 1, width: inside.width - 2 }, hint, style.bold)
}

/** A cleared and bordered region in the middle; answers the inside. */
function openBox(canvas: Canvas, title: string, lines: number, glyphs: GlyphSet): Region {
  const width = Math.min(canvas.width - 2, Math.max(widest, widthOf(title, glyphs.charset) + 6))
  const height = Math.min(canvas.height - 2, lines + 2)
  const region = {
    x: Math.floor((canvas.width - width) / 2),
    y: Math.max(0, Math.floor((canvas.height - height) / 2)),
    width,
    height,
  }
  clear(canvas, region)
  return box(canvas, region, title, glyphs)
}
