// Parts of blessed that its type package leaves out.

import 'blessed'

declare module 'blessed' {
  namespace Widgets {
    interface Screen {
      /** Pending cells: [attribute, character]; a line is drawn only while `dirty`. */
      readonly lines: ([attribute: number, char: string][] & { dirty: boolean })[]
    }
    interface Tput {
      /** True: line characters are sent as they are, not through the alternate character set. */
      brokenACS: boolean
    }
  }
  /** Width tables; `charWidth` decides in `draw` which characters eat the next cell. */
  const unicode: { charWidth(char: string | number, index?: number): number }
}
