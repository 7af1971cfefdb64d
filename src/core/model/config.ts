// The configuration with every default filled in, frozen for the night when the run starts.

import type { Agent as AgentFile, ConfigFile, Sim } from '../schema/config.js'

export type SimSettings = Readonly<Required<Sim>>
export type ExecutorName = AgentFile['executor']

/** A seat: one place in the crew. `skills`, `tags` and `types` are empty where the seat takes every task. */
export interface Seat {
  readonly name: string
  /** Counts from 0 over the whole crew; agents derive ports and database names from it. */
  readonly index: number
  readonly executor: ExecutorName
  readonly provider: string
  readonly model: string | null
  readonly command: string | readonly string[] | null
  readonly skills: readonly string[]
  readonly tags: readonly string[]
  readonly types: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly sim: SimSettings | null
}

/** A gate that every tree must pass before it lands. */
export interface GateSpec {
  readonly name: string
  readonly command: string
  readonly required: boolean
}

export interface Config {
  readonly seats: readonly Seat[]
  readonly target: { readonly branch: string; readonly from: string }
  readonly workspace: {
    readonly setup: string | null
    readonly link: readonly string[]
    readonly copy: readonly string[]
  }
  readonly limits: {
    readonly totalMs: number | null
    readonly taskMs: number
    readonly stallMs: number
    readonly drainMs: number
    readonly consecutiveFailures: number
  }
  readonly retry: {
    readonly maxAttempts: number
    readonly baseMs: number
    readonly maxMs: number
    readonly rotate: boolean
  }
  readonly taskLimits: Readonly<Record<string, number>>
  readonly gates: readonly GateSpec[]
  readonly gateTimeoutMs: number
}

const minute = 60_000

/** Fills in defaults and numbers the seats. `findCheck` gives the command of a required check that has none (a package script), or null. */
export function resolveConfig(file: ConfigFile, findCheck: (name: string) => string | null): Config {
  const limits = file.runtimeLimits ?? {}
  const retry = file.retry ?? {}
  return {
    seats: seatsOf(file.agents ?? []),
    target: { branch: file.target?.branch ?? 'jetpack-night', from: file.target?.from ?? 'HEAD' },
    workspace: {
      setup: file.workspace?.setup ?? null,
      link: file.workspace?.link ?? [],
      copy: file.workspace?.copy ?? [],
    },
    limits: {
      totalMs: typeof limits.maxTotalMinutes === 'number' ? limits.maxTotalMinutes * minute : null,
      taskMs: (limits.maxTaskMinutes ?? 60) * minute,
      stallMs: (limits.stallMinutes ?? 15) * minute,
      drainMs: (limits.drainMinutes ?? 15) * minute,
      consecutiveFailures: limits.maxConsecutiveFailures ?? 0,
    },
    retry: {
      maxAttempts: retry.maxAttempts ?? 3,
      baseMs: (retry.baseSeconds ?? 30) * 1000,
      maxMs: (retry.maxSeconds ?? 900) * 1000,
      rotate: retry.rotate ?? true,
    },
    taskLimits: (file.taskLimits ?? {}) as Record<string, number>,
    gates: gatesOf(file, findCheck),
    gateTimeoutMs: (file.qualityGates?.timeoutMinutes ?? 30) * minute,
  }
}

function seatsOf(agents: readonly AgentFile[]): Seat[] {
  const seats: Seat[] = []
  const counts = new Map<string, number>()
  for (const agent of agents) {
    const base = agent.name ?? agent.executor
    for (let i = 0; i < (agent.count ?? 1); i += 1) {
      const n = (counts.get(base) ?? 0) + 1
      counts.set(base, n)
      seats.push(seatOf(agent, `${base}-${n}`, seats.length))
    }
  }
  return seats
}

function seatOf(agent: AgentFile, name: string, index: number): Seat {
  const sim = agent.executor === 'sim' ? { ...simDefaults, ...agent.sim } : null
  return {
    name,
    index,
    executor: agent.executor,
    provider: agent.name ?? agent.executor,
    model: agent.model ?? null,
    command: agent.command ?? null,
    skills: agent.skills ?? [],
    tags: agent.tags ?? [],
    types: agent.types ?? [],
    env: agent.env ?? {},
    args: agent.args ?? [],
    sim,
  }
}

const simDefaults: SimSettings = {
  seed: 1,
  minMs: 400,
  maxMs: 1600,
  fail: 0,
  red: 0,
  conflict: 0,
  hang: 0,
  die: 0,
}

function gatesOf(file: ConfigFile, findCheck: (name: string) => string | null): GateSpec[] {
  const checks = (file.qualityGates?.checks ?? {}) as Record<string, string>
  const required = new Set(file.qualityGates?.requiredChecks ?? Object.keys(checks))
  const gates = Object.entries(checks).map(([name, command]) => ({
    name,
    command,
    required: required.has(name),
  }))
  for (const name of required) {
    if (checks[name] !== undefined) continue
    const command = findCheck(name)
    if (command !== null) gates.push({ name, command, required: true })
  }
  return gates
}
