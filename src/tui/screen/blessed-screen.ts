// The only file that touches blessed. It gets mute input, so that our decoder owns the keys, and output through
// our filter. One cell pane covers the screen and writes characters and attributes straight into blessed's
// lines; blessed compares them with what the terminal shows and sends the difference. Tags are never parsed.

import { PassThrough } from 'node:stream'
import blessed from 'blessed'
import { charWidth } from '../text/cells.js'
import { type Frame, type Style, style } from '../view/frame.js'
import type { OutputFilter } from './output-filter.js'
import type { TerminalRecipe } from './terminal-recipe.js'

export interface PaintedScreen extends Disposable {
  paint(frame: Frame): void
  /** Sends every cell anew. */
  repaint(): void
  /** Takes the size that the filter now has. */
  resize(frame: Frame): void
  /** Gives the terminal back: normal buffer, cursor shown. More than once does no harm. */
  [Symbol.dispose](): void
}

const defaultColour = 0x1ff

export function openBlessedScreen(filter: OutputFilter, recipe: TerminalRecipe): PaintedScreen {
  // blessed's own table is of 2015; its drawing must count cells as our frames do.
  blessed.unicode.charWidth = char => (typeof char === 'string' && char !== '' ? charWidth(char) : 1)
  const screen = withoutTmuxQuestion(() =>
    blessed.screen({
      input: new PassThrough(),
      output: filter as never,
      terminal: recipe.terminal,
      forceUnicode: recipe.charset === 'unicode',
      fullUnicode: true,
      smartCSR: false,
      fastCSR: false,
      useBCE: false,
      dockBorders: false,
      warnings: false,
    }),
  )
  screen.tput.brokenACS = true
  let shown: Frame | null = null
  const pane = blessed.box({ parent: screen, top: 0, left: 0, width: '100%', height: '100%' })
  // blessed reads coordinates from a drawn element only to lay children out in it; the pane has none.
  const paneRender = (): void => {
    if (shown !== null) writeCells(screen, shown)
  }
  Object.assign(pane, { render: paneRender })
  let isOpen = true
  const draw = (frame: Frame): void => {
    shown = frame
    if (isOpen) screen.render()
  }
  return {
    paint: draw,
    repaint() {
      if (!isOpen) return
      screen.realloc()
      screen.render()
    },
    resize(frame) {
      shown = frame
      // blessed listens to this and draws anew at the new size.
      if (isOpen) filter.emit('resize')
    },
    [Symbol.dispose]() {
      if (!isOpen) return
      isOpen = false
      screen.destroy()
    },
  }
}

/** blessed runs `tmux -V` and waits for it when TMUX is set; nothing that we use depends on the answer. */
function withoutTmuxQuestion<T>(open: () => T): T {
  const tmux = process.env['TMUX']
  if (tmux === undefined) return open()
  delete process.env['TMUX']
  try {
    return open()
  } finally {
    process.env['TMUX'] = tmux
  }
}

function writeCells(screen: blessed.Widgets.Screen, frame: Frame): void {
  const height = Math.min(frame.height, screen.lines.length)
  for (let y = 0; y < height; y += 1) {
    const line = screen.lines[y]
    const row = frame.rows[y]
    if (line === undefined || row === undefined) continue
    const width = Math.min(frame.width, line.length)
    for (let x = 0; x < width; x += 1) {
      const cell = line[x]
      const char = row.chars[x]
      if (cell === undefined || char === undefined) continue
      const attribute = attributeOf(row.styles[x] ?? style.plain)
      // The second half of a wide character is a space that blessed passes over.
      const wanted = char === '' ? ' ' : char
      if (cell[0] === attribute && cell[1] === wanted) continue
      cell[0] = attribute
      cell[1] = wanted
      line.dirty = true
    }
  }
}

function attributeOf(drawn: Style): number {
  const colour = drawn & style.colour
  const flags =
    (drawn & style.bold ? 1 : 0) | (drawn & style.underline ? 2 : 0) | (drawn & style.inverse ? 8 : 0)
  return (flags << 18) | ((colour === 0 ? defaultColour : colour) << 9) | defaultColour
}
