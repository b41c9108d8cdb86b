# SPDX-License-Identifier: LGPL-2.1-or-later
"""Capture and seal, each part durable when captured, beside what people would use otherwise."""

import json
import os
import shutil

from bench import Figure, at_most, bytes_of, middle, people_of
from unit import Bench


def ours(context, people):
    """The unit's program: one batch takes every case and seals those that are complete."""
    world = Bench(context, people)
    stories = [json.loads((folder / 'case.json').read_text('utf-8'))['expect']['outcome']
               for folder in people_of(people)]
    complete = {number for number, outcome in enumerate(stories, 1) if outcome == 'complete'}
    lines = world.take_and_seal_lines(complete)
    kept, runs = world.keep(), []
    for _ in range(context.repeat):
        world.back_to(kept)
        os.sync()
        runs.append(world.batch(lines))
    counted = None
    if shutil.which('strace'):
        world.back_to(kept)
        counted = world.batch(lines, count_syncs=True).syncs
    world.close()
    result = middle(runs)
    result.syncs = counted or 0
    return result


def floor(context, people):
    target = context.work / 'floor'

    def prepare():
        shutil.rmtree(target, ignore_errors=True)

    run = context.median(prepare, [context.build / 'tests/bench/floor', people, target])
    run.syncs = json.loads(run.out)['syncs']
    shutil.rmtree(target, ignore_errors=True)
    return run


def restic(context, people):
    env = dict(os.environ, RESTIC_PASSWORD='bench', RESTIC_CACHE_DIR=str(context.work / 'cache'))

    def prepare():
        repository = context.folder('restic')
        context.run(['restic', '-q', '-r', repository, 'init'], env=env)
        return repository

    return context.median(prepare, lambda repository: [
        'restic', '-q', '-r', repository, '--compression', 'off', 'backup', people], env=env)


def borg(context, people):
    env = dict(os.environ, BORG_PASSPHRASE='bench', BORG_BASE_DIR=str(context.work / 'borg-home'))

    def prepare():
        repository = context.folder('borg')
        context.run(['borg', 'init', '-e', 'repokey-blake2', repository], env=env)
        return repository

    return context.median(prepare, lambda repository: [
        'borg', 'create', '-C', 'none', f'{repository}::all', people], env=env)


def git(context, people):
    def prepare():
        repository = context.folder('git')
        context.run(['git', 'init', '-q', '--bare', repository])
        return repository

    words = ('-c core.compression=0 -c pack.window=0 -c core.fsync=all -c gc.auto=0 -c core.bare=false'
             ' -c user.name=b -c user.email=b@b')
    return context.median(prepare, lambda repository: [
        'sh', '-c', f'git {words} --git-dir "$0" --work-tree "$1" add -A &&'
        f' git {words} --git-dir "$0" --work-tree "$1" commit -q -m all', repository, people])


PEERS = {'restic': restic, 'borg': borg, 'git': git}


def one_size(context, count, full, peers):
    name = f'capture.{count}.{"full" if full else "4k"}'
    people = context.people(count, full)
    context.say(f'{name}: {bytes_of(people) / 1e6:.0f} MB')
    least, run = floor(context, people), ours(context, people)
    yield Figure(f'{name}.wall', run.wall / count * 1000, 'ms/case')
    yield Figure(f'{name}.cpu', run.cpu / count * 1000, 'ms/case')
    yield Figure(f'{name}.floor.wall', least.wall / count * 1000, 'ms/case')
    yield Figure(f'{name}.floor.cpu', least.cpu / count * 1000, 'ms/case')
    if full:
        yield at_most(f'{name}.wall-to-floor', run.wall / least.wall, 'ratio', 1.5)
        yield at_most(f'{name}.cpu-to-floor', run.cpu / least.cpu, 'ratio', 2.0)
    else:
        yield Figure(f'{name}.wall-to-floor', run.wall / least.wall, 'ratio')
        yield Figure(f'{name}.cpu-to-floor', run.cpu / least.cpu, 'ratio')
    yield at_most(f'{name}.rss', run.rss, 'MiB', 64)
    yield Figure(f'{name}.syncs', run.syncs / count, 'per case')
    yield Figure(f'{name}.floor.syncs', least.syncs / count, 'per case')
    for peer in peers:
        if not context.has(peer):
            continue
        other = PEERS[peer](context, people)
        yield Figure(f'{name}.{peer}.wall', other.wall / count * 1000, 'ms/case')
        yield Figure(f'{name}.{peer}.cpu', other.cpu / count * 1000, 'ms/case')
        if full and peer != 'git':
            yield at_most(f'{name}.wall-to-{peer}', run.wall / other.wall, 'ratio', 1.0)
        shutil.rmtree(context.work / peer, ignore_errors=True)


def figures(context):
    if context.quick:
        yield from one_size(context, 6, False, ())
        return
    per_case = {}
    for count, full in ((200, True), (1000, True), (200, False), (10000, False)):
        for figure in one_size(context, count, full, PEERS if full else ()):
            per_case[figure.name] = figure.value
            yield figure
    yield at_most('capture.wall-10000-to-200', per_case['capture.10000.4k.wall'] /
                  per_case['capture.200.4k.wall'], 'ratio', 1.1)
