"""Why a location is wrong: probabilities of causes, ranked repairs, evidence in words."""

from geocensus.checks.diagnosis.diagnosing import Diagnosis, diagnose
from geocensus.checks.diagnosis.parameters import Parameters

__all__ = ["Diagnosis", "Parameters", "diagnose"]
