// What to tell blessed about a terminal. Its reader fails on today's terminfo entries, so every terminal that
// speaks xterm is called xterm-256color, of which it carries a sound entry of its own.

import { JetpackError } from '../../core/fault.js'
import type { Charset } from '../text/cells.js'

/** What the cli read from the environment. `lang` is the first that is set of LC_ALL, LC_CTYPE, LANG. */
export interface TerminalEnv {
  readonly term: string
  readonly lang: string
  readonly noColor: boolean
  /** Asked for by flag. */
  readonly ascii: boolean
}

export interface TerminalRecipe {
  readonly terminal: 'xterm-256color' | 'linux' | 'xterm'
  readonly charset: Charset
  readonly noColor: boolean
}

const xtermLike =
  /^(xterm|screen|tmux|kitty|alacritty|foot|wezterm|rxvt|st|konsole|vte|gnome|ghostty|contour|iterm|putty|mintty|cygwin)/

/** Fails with `usage` for a terminal that cannot show a screen. */
export function terminalRecipe(env: TerminalEnv): TerminalRecipe {
  const term = env.term.toLowerCase()
  if (term === '' || term === 'dumb' || term === 'unknown' || /^vt\d/.test(term))
    throw new JetpackError(
      'usage',
      `Cannot open the full-screen viewer: TERM is "${env.term}", a terminal without a screen of its own.`,
      'Use "jetpack status --watch", or set TERM to what your terminal is, such as xterm-256color.',
    )
  const terminal = term === 'linux' ? 'linux' : xtermLike.test(term) ? 'xterm-256color' : 'xterm'
  // The fonts of the Linux console lack most of our signs.
  const isPlain = env.ascii || term === 'linux' || !/utf-?8/i.test(env.lang)
  return { terminal, charset: isPlain ? 'ascii' : 'unicode', noColor: env.noColor }
}
