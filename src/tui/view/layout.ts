// Where things stand at which size. Tiers change with four columns of slack, so that a window dragged about a
// border does not flap; the same data keep their place in every tier.

import type { Region } from './frame.js'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** tiny: only the size that is needed. small: table and hints. medium: one column with a log preview. wide: two columns. */
export type Tier = 'tiny' | 'small' | 'medium' | 'wide'

export const leastSize: Size = { columns: 40, rows: 10 }
const mediumColumns = 80
const wideColumns = 120
const paneRows = 20
const slack = 4

/** `before` is the tier that is left: it is kept until the size is four columns below its border. */
export function tierFor(size: Size, before: Tier | null): Tier {
  const { columns, rows } = size
  if (columns < leastSize.columns || rows < leastSize.rows) return 'tiny'
  const mediumFrom = before === 'medium' || before === 'wide' ? mediumColumns - slack : mediumColumns
  const wideFrom = before === 'wide' ? wideColumns - slack : wideColumns
  if (columns < mediumFrom || rows < paneRows) return 'small'
  return columns < wideFrom ? 'medium' : 'wide'
}

/** Regions of the Overview; null where the tier has no such pane. Table and panes include their borders. */
export interface OverviewLayout {
  readonly header: Region
  readonly table: Region
  readonly bordered: boolean
  readonly seats: Region | null
  readonly log: Region | null
  readonly message: Region
  readonly hints: Region
}

export function overviewLayout(size: Size, tier: Tier): OverviewLayout {
  const { columns: width, rows } = size
  const header = { x: 0, y: 0, width, height: 2 }
  const message = { x: 0, y: rows - 2, width, height: 1 }
  const hints = { x: 0, y: rows - 1, width, height: 1 }
  const body = { x: 0, y: 2, width, height: rows - 4 }
  if (tier !== 'medium' && tier !== 'wide')
    return { header, table: body, bordered: false, seats: null, log: null, message, hints }
  const logHeight = logHeightFor(body.height, tier)
  const top = { ...body, height: body.height - logHeight }
  const log = { ...body, y: top.y + top.height, height: logHeight }
  if (tier === 'medium') return { header, table: top, bordered: true, seats: null, log, message, hints }
  const tableWidth = Math.floor(width * 0.62)
  const table = { ...top, width: tableWidth }
  const seats = { ...top, x: tableWidth, width: width - tableWidth }
  return { header, table, bordered: true, seats, log, message, hints }
}

function logHeightFor(height: number, tier: Tier): number {
  if (tier === 'medium') return Math.min(16, Math.max(6, Math.floor(height * 0.3)))
  return Math.min(24, Math.max(6, Math.floor(height * 0.4)))
}

/** Lines of tasks that the table shows, its heading taken off. */
export function tableHeight(size: Size, tier: Tier): number {
  const { table, bordered } = overviewLayout(size, tier)
  return Math.max(1, table.height - (bordered ? 3 : 1))
}
