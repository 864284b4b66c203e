"""The settings of this process: `TRIAGE_*` of the environment or of a file `.env`."""

from schema.settings.environment import Settings, SettingsError, read_settings, settings

__all__ = ["Settings", "SettingsError", "read_settings", "settings"]
