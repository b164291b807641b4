"""The benchmarks, one file each: where its rows come from, how it is asked and graded, what others publish."""

from collections.abc import Mapping
from types import MappingProxyType

from mathcoder.problems.benchmark import Benchmark
from mathcoder.problems.benchmarks import (
    aime24,
    amc23,
    aqua,
    asdiv,
    carp_en,
    cmath,
    college_math,
    gaokao2023en,
    gaokao2024,
    gaokao_math_cloze,
    gaokao_math_qa,
    gsm8k,
    gsm_hard,
    hungarian_exam,
    math,
    math500,
    mathematics,
    mathqa,
    mawps,
    mgsm,
    mmlu_math,
    mmlu_stem,
    numglue,
    ocwcourses,
    olympiadbench,
    sat_math,
    sat_math_agieval,
    simuleq,
    svamp,
    tabmwp,
    theoremqa,
)

__all__ = ["BENCHMARKS"]

_MODULES = (
    gsm8k,
    math,
    math500,
    svamp,
    asdiv,
    mawps,
    simuleq,
    mathematics,
    aqua,
    mathqa,
    tabmwp,
    gsm_hard,
    numglue,
    theoremqa,
    mmlu_math,
    mmlu_stem,
    sat_math,
    sat_math_agieval,
    ocwcourses,
    olympiadbench,
    college_math,
    gaokao2023en,
    gaokao2024,
    gaokao_math_cloze,
    gaokao_math_qa,
    cmath,
    mgsm,
    aime24,
    amc23,
    hungarian_exam,
    carp_en,
)

BENCHMARKS: Mapping[str, Benchmark] = MappingProxyType(
    {module.BENCHMARK.name: module.BENCHMARK for module in _MODULES}
)
"""By name, the sets of MathCoder's papers first."""
