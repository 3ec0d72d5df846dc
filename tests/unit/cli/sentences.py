"""Run unittest classes and print each test as cmocka prints it, so that tests/run counts it."""
import sys
import unittest


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        print(f"[ RUN      ] {test._testMethodName}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        print(f"[       OK ] {test._testMethodName}", flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, self.errors[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"[  SKIPPED ] {test._testMethodName}: {reason}", flush=True)

    @staticmethod
    def failed(test, text):
        print(text, f"[  FAILED  ] {test._testMethodName}", sep="\n", flush=True)


def main(module):
    loader = unittest.TestLoader()
    result = Result()
    loader.loadTestsFromModule(module).run(result)
    sys.exit(not result.wasSuccessful() or result.testsRun == 0)
