"""What makes feedback urgent: signals with weights that anybody can read, in `signals.toml`."""

from schema.urgency.rules import Rules, default_rules
from schema.urgency.signals import Hit
from schema.urgency.urgency import Known, Urgency, urgency_of

__all__ = ["Hit", "Known", "Rules", "Urgency", "default_rules", "urgency_of"]
