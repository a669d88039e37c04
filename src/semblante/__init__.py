"""Semblante learns to read faces, then learns one."""
