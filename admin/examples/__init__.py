"""Worked examples: dated stories in files, run through the real commands on a scratch database."""
