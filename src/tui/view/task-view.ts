// One open task: its facts above, the whole log below.

import type { Attempt, Task } from '../../core/model/task.js'
import type { OpenTask, View } from '../model.js'
import { elapsed, sinceMs, timeOfDay } from '../text/durations.js'
import { type GlyphSet, moodOf, moodWords } from '../text/glyphs.js'
import { type Canvas, putSpans, type Region, type Style, style } from './frame.js'
import { drawLog } from './log-view.js'
import { moodStyles } from './task-table.js'

type Line = readonly (readonly [text: string, drawn: Style])[]

/** Most attempts and lines of description that are shown above the log. */
const shownAttempts = 4
const shownDescription = 3
const leastLogHeight = 5

export function drawTask(canvas: Canvas, region: Region, open: OpenTask, view: View, glyphs: GlyphSet): void {
  const room = Math.max(1, region.height - leastLogHeight)
  const facts = factLines(open, view, glyphs).slice(0, room)
  facts.forEach((line, i) => {
    putSpans(canvas, { x: region.x, y: region.y + i, width: region.width }, line)
  })
  const y = region.y + facts.length
  drawLog(canvas, { ...region, y, height: region.height - facts.length }, view, glyphs)
}

function factLines(open: OpenTask, view: View, glyphs: GlyphSet): readonly Line[] {
  const { row, detail } = open
  const mood = moodOf(row)
  const lines: Line[] = [
    [
      [` ${row.id}  `, style.bold],
      [row.title, style.bold],
    ],
    [
      [` ${glyphs[mood]} ${moodWords[mood]}`, moodStyles[mood]],
      [`  ${row.priority}  ${row.type}  tries ${row.counted}/${row.maxAttempts}`, style.plain],
      [`  seat ${row.seat ?? '-'}`, style.plain],
      [row.why === null ? '' : `  ${row.why}`, style.yellow],
    ],
  ]
  if (detail === null) return [...lines, [[' Reading the task.', style.plain]]]
  const { task } = detail
  lines.push(...descriptionLines(task))
  if (task.hold !== null)
    lines.push([[` needs you: ${task.hold.why}: ${task.hold.text}`, style.yellow | style.bold]])
  const dependencies = task.dependencies.length === 0 ? 'nothing' : task.dependencies.join(' ')
  const dependents = detail.dependents.length === 0 ? 'nothing' : detail.dependents.join(' ')
  lines.push([[` needs ${dependencies}   unlocks ${dependents}`, style.plain]])
  const attempts = task.attempts.slice(-shownAttempts)
  const older = task.attempts.length - attempts.length
  if (older > 0) lines.push([[` ${older} earlier attempts`, style.plain]])
  for (const attempt of attempts) lines.push(attemptLine(attempt, view))
  return lines
}

function descriptionLines(task: Task): readonly Line[] {
  const lines = task.description.split('\n').filter(line => line.trim() !== '')
  const more = lines.length > shownDescription ? ' …' : ''
  return lines
    .slice(0, shownDescription)
    .map((line, i) => [[` ${line}${i === shownDescription - 1 ? more : ''}`, style.plain]])
}

function attemptLine(attempt: Attempt, view: View): Line {
  const end = attempt.endedAt === null ? view.at : Date.parse(attempt.endedAt)
  const took = sinceMs(attempt.startedAt, end)
  const outcome = attempt.outcome ?? attempt.phase
  const drawn = attempt.outcome === null ? style.cyan : attempt.outcome === 'done' ? style.green : style.red
  const counts =
    attempt.spent === false && attempt.outcome !== null && attempt.outcome !== 'done' ? ' (not counted)' : ''
  return [
    [` #${attempt.n} ${timeOfDay(attempt.startedAt)} ${attempt.seat} `, style.plain],
    [took === null ? '' : `${elapsed(took)} `, style.plain],
    [`${outcome}${counts}`, drawn],
    [attempt.reason === null ? '' : `  ${attempt.reason}`, style.plain],
  ]
}
