// What the viewer knows and shows, as one value. `update` makes the next one, `render` pictures it; neither
// touches anything outside. Text of tasks in it is as hostile as it came: only `put` of the frame shows text.

import type { Command, CommandReply } from '../core/messages/commands.js'
import type { TaskId } from '../core/model/task.js'
import type { EpochMs } from '../core/model/time.js'
import type {
  LogChunk,
  StatusView,
  TaskDetail,
  TaskPage,
  TaskQuery,
  TaskRow,
  ViewEvent,
} from '../core/wire/views.js'
import type { Key } from './input/key-decoder.js'
import type { Charset } from './text/cells.js'
import { type Size, type Tier, tierFor } from './view/layout.js'

/** How the viewer was left: by the person, with the run stopped, after the run's end, or because the terminal went away. */
export type TuiExit =
  | { readonly kind: 'left' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'gone' }

/** In a demo, leaving asks whether to stop it. */
export type TuiMode = 'attach' | 'demo'

/** none: nothing chosen yet. row: follows its id; `line` is its line in the table. seek: chosen by place, its row still to come. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'row'; readonly row: TaskRow; readonly line: number }
  | { readonly kind: 'seek'; readonly index: number }

/** The fetched part of the task list: `rows[0]` has place `offset`; `top` is the place of the first line shown. */
export interface Table {
  readonly top: number
  readonly offset: number
  readonly rows: readonly TaskRow[]
  readonly total: number
  readonly matching: number
  /** The count of changes that the rows hold, and when they came. */
  readonly asOf: number
  readonly loadedAt: EpochMs
}

export interface LogTarget {
  readonly task: TaskId
  readonly attempt: number
}

/** The tail of one attempt's output. `next` null: nothing fetched yet. */
export interface LogPane {
  readonly target: LogTarget | null
  readonly lines: readonly string[]
  /** The last line while it has no end, raw. */
  readonly unfinished: string
  readonly next: number | null
  readonly size: number
  readonly open: boolean
  /** Lines between the last one shown and the newest; 0: it follows. */
  readonly back: number
  readonly loadedAt: EpochMs
  readonly notice: string | null
}

/** An open task: the row at once, everything else when it has come. */
export interface OpenTask {
  readonly row: TaskRow
  readonly detail: TaskDetail | null
  /** Counts changes of this task; `asOf` is the count that `detail` holds. */
  readonly changes: number
  readonly asOf: number
  readonly loadedAt: EpochMs
}

export type Deed =
  | { readonly kind: 'close' }
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'exit'; readonly exit: TuiExit; readonly first: Command | null }

export interface Button {
  readonly label: string
  /** The key that presses it. */
  readonly key: string
  readonly deed: Deed
}

/** The first button of a question is the harmless one and has the focus. */
export type Dialog =
  | {
      readonly kind: 'question'
      readonly title: string
      readonly lines: readonly string[]
      readonly buttons: readonly Button[]
      readonly focus: number
      readonly openedAt: EpochMs
    }
  | {
      readonly kind: 'picker'
      readonly title: string
      readonly choices: readonly { readonly label: string; readonly deed: Deed }[]
      readonly focus: number
      readonly openedAt: EpochMs
    }
  | { readonly kind: 'help'; readonly scroll: number; readonly openedAt: EpochMs }

export interface Notice {
  readonly level: 'info' | 'warning'
  readonly text: string
  readonly at: EpochMs
}

export interface View {
  readonly mode: TuiMode
  readonly charset: Charset
  readonly size: Size
  readonly tier: Tier
  readonly at: EpochMs
  readonly status: StatusView | null
  readonly statusStale: boolean
  readonly statusAt: EpochMs
  /** A status older than this was overtaken on its way. */
  readonly statusFloor: { readonly epoch: number; readonly seq: number }
  readonly link: { readonly state: 'up' | 'down'; readonly since: EpochMs }
  /** Counts what may have changed the order or the content of the list. */
  readonly changes: number
  readonly table: Table
  readonly selection: Selection
  readonly marks: ReadonlySet<TaskId>
  readonly open: OpenTask | null
  readonly log: LogPane
  readonly dialog: Dialog | null
  readonly notice: Notice | null
  /** After a failed fetch nothing is fetched before this. */
  readonly quietUntil: EpochMs
}

export type Message =
  | { readonly kind: 'key'; readonly key: Key; readonly at: EpochMs }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'ticked'; readonly at: EpochMs }
  | { readonly kind: 'event'; readonly event: ViewEvent; readonly at: EpochMs }
  | { readonly kind: 'link'; readonly state: 'up' | 'down'; readonly since: EpochMs; readonly at: EpochMs }
  | { readonly kind: 'statusLoaded'; readonly status: StatusView; readonly at: EpochMs }
  | { readonly kind: 'rowsLoaded'; readonly page: TaskPage; readonly asOf: number; readonly at: EpochMs }
  | {
      readonly kind: 'detailLoaded'
      readonly detail: TaskDetail
      readonly asOf: number
      readonly at: EpochMs
    }
  | { readonly kind: 'logLoaded'; readonly target: LogTarget; readonly chunk: LogChunk; readonly at: EpochMs }
  | { readonly kind: 'fetchFailed'; readonly text: string; readonly at: EpochMs }
  | { readonly kind: 'replied'; readonly reply: CommandReply; readonly at: EpochMs }
  | { readonly kind: 'sendFailed'; readonly text: string; readonly at: EpochMs }

/** What `update` asks the program to do. */
export type ViewCommand =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'exit'; readonly exit: TuiExit; readonly first: Command | null }
  | { readonly kind: 'repaint' }

/** One thing to fetch, and not before when. */
export type Need = { readonly dueAt: EpochMs } & (
  | { readonly kind: 'status' }
  | { readonly kind: 'rows'; readonly query: TaskQuery; readonly asOf: number }
  | { readonly kind: 'detail'; readonly task: TaskId; readonly asOf: number }
  | { readonly kind: 'log'; readonly target: LogTarget; readonly from: number }
)

export const noLog: LogPane = {
  target: null,
  lines: [],
  unfinished: '',
  next: null,
  size: 0,
  open: false,
  back: 0,
  loadedAt: 0,
  notice: null,
}

/** A viewer that has just opened and knows nothing yet. */
export function newView(given: {
  readonly mode: TuiMode
  readonly charset: Charset
  readonly size: Size
  readonly at: EpochMs
}): View {
  return {
    ...given,
    tier: tierFor(given.size, null),
    status: null,
    statusStale: true,
    statusAt: 0,
    statusFloor: { epoch: 0, seq: 0 },
    link: { state: 'up', since: given.at },
    changes: 0,
    table: { top: 0, offset: 0, rows: [], total: 0, matching: 0, asOf: -1, loadedAt: 0 },
    selection: { kind: 'none' },
    marks: new Set(),
    open: null,
    log: noLog,
    dialog: null,
    notice: null,
    quietUntil: 0,
  }
}
