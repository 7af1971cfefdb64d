// From raw terminal bytes to keys. An escape sequence is put together again however the link has cut it, a
// paste is one event and never acts as keys, and what the terminal answers of itself (cursor position, device
// attributes, colours, mouse) is swallowed. How the bytes are cut into chunks makes no difference.

import { StringDecoder } from 'node:string_decoder'
import type { Timers } from '../io/clock.js'

/** `name` is "j", "enter", "up", "pagedown"…; `text` what the key would type, or null. */
export interface Key {
  readonly name: string
  readonly ctrl: boolean
  readonly text: string | null
}

export type InputEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'paste'; readonly text: string }

/** A lone ESC is the escape key once this long has passed without more. */
export const escapeDelayMs = 30
/** A sequence or paste that has begun and goes silent is given up after this long. */
export const sequenceDelayMs = 1000
/** Longest paste that is kept, in UTF-16 units; the rest is dropped. */
export const maxPasteLength = 65_536

const maxSequenceLength = 64
const pasteEnd = '\x1b[201~'

type State =
  | { readonly id: 'ground' }
  | { readonly id: 'escape' }
  | { readonly id: 'csi'; readonly held: string }
  | { readonly id: 'ss3' }
  /** An answer of the terminal up to BEL or ST. */
  | { readonly id: 'string'; readonly escaped: boolean }
  /** Three coordinates of an old mouse report. */
  | { readonly id: 'mouse'; readonly left: number }
  | { readonly id: 'paste'; readonly text: string; readonly tail: string }

const ground: State = { id: 'ground' }

/** Owns one timer; ends with `[Symbol.dispose]`. */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8')
  readonly #emit: (event: InputEvent) => void
  readonly #timers: Timers
  #state: State = ground
  #afterReturn = false
  #cancelTimer: (() => void) | null = null

  constructor(timers: Timers, emit: (event: InputEvent) => void) {
    this.#timers = timers
    this.#emit = emit
  }

  feed(chunk: Uint8Array): void {
    this.#stopTimer()
    for (const char of this.#utf8.write(Buffer.from(chunk))) this.#take(char)
    if (this.#state.id === 'ground') return
    const delay = this.#state.id === 'escape' ? escapeDelayMs : sequenceDelayMs
    this.#cancelTimer = this.#timers.after(delay, () => this.flush())
  }

  /** No more is coming: a lone ESC is the escape key, anything else half done is dropped. */
  flush(): void {
    this.#stopTimer()
    const state = this.#state
    this.#state = ground
    if (state.id === 'escape') this.#key('escape')
    if (state.id === 'paste') this.#emit({ kind: 'paste', text: state.text })
  }

  [Symbol.dispose](): void {
    this.#stopTimer()
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }

  #take(char: string): void {
    switch (this.#state.id) {
      case 'ground':
        return this.#takePlain(char)
      case 'escape':
        return this.#takeAfterEscape(char)
      case 'csi':
        return this.#takeInSequence(char, this.#state.held)
      case 'ss3':
        this.#state = ground
        if (char < ' ') return this.#takePlain(char)
        return this.#namedKey(keypadKeys[char])
      case 'string':
        return this.#takeInString(char, this.#state.escaped)
      case 'mouse': {
        const left = this.#state.left - 1
        this.#state = left === 0 ? ground : { id: 'mouse', left }
        return
      }
      case 'paste':
        return this.#takeInPaste(char, this.#state)
    }
  }

  #takePlain(char: string): void {
    const code = char.codePointAt(0) ?? 0
    const afterReturn = this.#afterReturn
    this.#afterReturn = char === '\r'
    if (char === '\x1b') this.#state = { id: 'escape' }
    else if (char === '\r') this.#key('enter')
    else if (char === '\n') {
      // A terminal that sends both means one press.
      if (!afterReturn) this.#key('enter')
    } else if (char === '\t') this.#key('tab')
    else if (code === 0x7f || code === 0x08) this.#key('backspace')
    else if (code > 0 && code <= 26) this.#key(String.fromCharCode(code + 96), true)
    else if (char === ' ') this.#key('space', false, ' ')
    else if (code > 0x20 && (code < 0x80 || code > 0x9f) && code !== 0xfffd) this.#key(char, false, char)
  }

  #takeAfterEscape(char: string): void {
    if (char === '[') this.#state = { id: 'csi', held: '' }
    else if (char === 'O') this.#state = { id: 'ss3' }
    else if (char === ']' || char === 'P' || char === '_' || char === '^' || char === 'X')
      this.#state = { id: 'string', escaped: false }
    else {
      // Keys with alt are not bound, so this is the escape key and then another one that came with it.
      this.#state = ground
      this.#key('escape')
      this.#takePlain(char)
    }
  }

  #takeInSequence(char: string, held: string): void {
    if (char < ' ') {
      this.#state = ground
      this.#takePlain(char)
      return
    }
    if (char < '@' || char > '~') {
      if (held.length < maxSequenceLength) this.#state = { id: 'csi', held: held + char }
      return
    }
    this.#state = ground
    if (char === 'M' && held === '') this.#state = { id: 'mouse', left: 3 }
    else if (char === '~' && held === '200') this.#state = { id: 'paste', text: '', tail: '' }
    else this.#functionKey(char, held)
  }

  #takeInString(char: string, escaped: boolean): void {
    if (char === '\x03') {
      this.#state = ground
      this.#takePlain(char)
    } else if (char === '\x07' || char === '\x9c' || char === '\x18' || (escaped && char === '\\')) {
      this.#state = ground
    } else this.#state = { id: 'string', escaped: char === '\x1b' }
  }

  #takeInPaste(char: string, state: { readonly text: string; readonly tail: string }): void {
    const tail = (state.tail + char).slice(-pasteEnd.length)
    const text = state.text.length < maxPasteLength ? state.text + char : state.text
    if (tail !== pasteEnd) {
      this.#state = { id: 'paste', text, tail }
      return
    }
    this.#state = ground
    const whole = text.endsWith(pasteEnd) ? text.slice(0, -pasteEnd.length) : text
    this.#emit({ kind: 'paste', text: whole })
  }

  /** `final` is the last character of the sequence, `parameters` what stands before it. */
  #functionKey(final: string, parameters: string): void {
    if (!/^[0-9;]*$/.test(parameters)) return
    const [first = '', modifiers = '1'] = parameters.split(';')
    const name = final === '~' ? numberedKeys[first] : letteredKeys[final]
    this.#namedKey(name, ((Number(modifiers) - 1) & 4) !== 0)
  }

  #namedKey(name: string | undefined, ctrl = false): void {
    if (name !== undefined) this.#key(name, ctrl)
  }

  #key(name: string, ctrl = false, text: string | null = null): void {
    this.#emit({ kind: 'key', key: { name, ctrl, text } })
  }
}

const letteredKeys: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'backtab',
}

const keypadKeys: Readonly<Record<string, string>> = { ...letteredKeys, M: 'enter' }

const numberedKeys: Readonly<Record<string, string>> = {
  '1': 'home',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
  '7': 'home',
  '8': 'end',
}
