// Keys while a dialog is open. Those struck before the dialog could be seen are not for it, and any key it does
// not know does nothing.

import type { Key } from '../input/key-decoder.js'
import { bindings, keyName } from '../keys.js'
import type { Dialog, View } from '../model.js'
import { carryOut, type Step, step } from './deeds.js'

/** A dialog takes no key this long after it opened. */
export const dialogDeafMs = 200

export function dialogKey(view: View, dialog: Dialog, key: Key): Step {
  if (view.at < dialog.openedAt + dialogDeafMs) return step(view)
  const name = keyName(key)
  if (name === 'escape' || name === 'q') return step({ ...view, dialog: null })
  switch (dialog.kind) {
    case 'question':
      return questionKey(view, dialog, name)
    case 'picker':
      return pickerKey(view, dialog, name)
    case 'help':
      return helpKey(view, dialog, name)
  }
}

function questionKey(view: View, dialog: Dialog & { kind: 'question' }, name: string): Step {
  const { buttons, focus } = dialog
  const forward = name === 'tab' || name === 'right' || name === 'down'
  const backward = name === 'backtab' || name === 'left' || name === 'up'
  if (forward || backward) {
    const next = (focus + (forward ? 1 : buttons.length - 1)) % buttons.length
    return step({ ...view, dialog: { ...dialog, focus: next } })
  }
  const pressed = name === 'enter' ? buttons[focus] : buttons.find(button => button.key === name)
  return pressed === undefined ? step(view) : carryOut(view, pressed.deed)
}

function pickerKey(view: View, dialog: Dialog & { kind: 'picker' }, name: string): Step {
  const { choices, focus } = dialog
  const chosen = choices[focus]
  if (name === 'enter' && chosen !== undefined) return carryOut(view, chosen.deed)
  const next = cursorAfter(name, focus, choices.length - 1)
  return next === null ? step(view) : step({ ...view, dialog: { ...dialog, focus: next } })
}

function helpKey(view: View, dialog: Dialog & { kind: 'help' }, name: string): Step {
  if (name === '?' || name === 'enter') return step({ ...view, dialog: null })
  const next = cursorAfter(name, dialog.scroll, bindings.length - 1)
  return next === null ? step(view) : step({ ...view, dialog: { ...dialog, scroll: next } })
}

function cursorAfter(name: string, cursor: number, last: number): number | null {
  switch (name) {
    case 'j':
    case 'down':
    case 'tab':
      return Math.min(cursor + 1, last)
    case 'k':
    case 'up':
    case 'backtab':
      return Math.max(cursor - 1, 0)
    case 'g':
    case 'home':
      return 0
    case 'G':
    case 'end':
      return last
    default:
      return null
  }
}
