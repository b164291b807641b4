"""Problems with known answers, and the benchmarks they come from.

`load` gives the problems of a set, `BENCHMARKS` says about each how it is asked, graded and what others reach.
Nothing here judges an answer.

Example:
    ```python
    from mathcoder.problems import BENCHMARKS, load

    problems = load("gsm8k")  # 1,319, in the package
    print(BENCHMARKS["gsm8k"].ask(problems[0]), problems[0].answer)
    ```
"""

from mathcoder.problems.benchmark import Benchmark, Hub, Kind, Published, columns
from mathcoder.problems.benchmarks import BENCHMARKS
from mathcoder.problems.loading import BenchmarkError, find_benchmark, load, named_questions, rows_here
from mathcoder.problems.options import in_question, split_options
from mathcoder.problems.problem import Problem, read_problems
from mathcoder.rows import BadRow

__all__ = [
    "BENCHMARKS",
    "BadRow",
    "Benchmark",
    "BenchmarkError",
    "Hub",
    "Kind",
    "Problem",
    "Published",
    "columns",
    "find_benchmark",
    "in_question",
    "load",
    "named_questions",
    "read_problems",
    "rows_here",
    "split_options",
]
