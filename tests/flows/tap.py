# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs unittest cases and speaks TAP: a point a test, its docstring as the title."""

import sys
import time
import unittest


class Result(unittest.TestResult):
    def __init__(self, tests):
        super().__init__()
        self.tests = tests
        self.at, self.since, self.pending = 0, time.monotonic(), False
        print(f'1..{len(tests)}', flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.since, self.pending = time.monotonic(), True

    def stopTest(self, test):
        super().stopTest(test)
        if self.pending:  # only parts of it failed
            self.point(test, False)

    def point(self, test, good, remark=''):
        self.at += 1
        self.pending = False
        title = test.shortDescription() or test.id()
        print(f'{"ok" if good else "not ok"} {self.at} - {title}{remark}', flush=True)
        print(f'# took {time.monotonic() - self.since:.1f} s', flush=True)

    def broken(self, test, error):
        self.point(test, False)
        for line in self._exc_info_to_string(error, test).splitlines():
            print(f'# {line}', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.point(test, True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.broken(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.broken(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        for each in self.meant_by(test):
            self.point(each, True, f' # SKIP {reason}')

    def meant_by(self, test):
        """The test itself; all tests of a class if unittest speaks of its setUpClass."""
        if isinstance(test, unittest.TestCase):
            return [test]
        return [each for each in self.tests
                if test.id() == f'setUpClass ({unittest.util.strclass(type(each))})']

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            print(f'# in {subtest.shortDescription() or subtest.id()}')
            for line in self._exc_info_to_string(err, test).splitlines():
                print(f'# {line}', flush=True)


def tests_in(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def main():
    """All tests of the script that calls this, or those whose names hold one of the words given."""
    module = sys.modules['__main__']
    words = sys.argv[1:]
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    chosen = [test for test in tests_in(suite)
              if not words or any(word in test.id() for word in words)]
    result = Result(chosen)
    unittest.TestSuite(chosen).run(result)
    if result.at < len(chosen):  # a class or module that could not be set up
        for test, text in result.errors:
            if not isinstance(test, unittest.TestCase):
                print('\n'.join(f'# {line}' for line in text.splitlines()))
        print('Bail out! not every test ran')
    sys.exit(0 if result.wasSuccessful() and result.at == len(chosen) else 1)
