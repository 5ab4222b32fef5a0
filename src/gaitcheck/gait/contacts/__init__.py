"""When each foot is on the belt. One detector a file; each says for which plane it is."""

from gaitcheck.gait.contacts.definition import Contact, Detector
from gaitcheck.gait.contacts.read_contacts import detect_contacts

__all__ = ["Contact", "Detector", "detect_contacts"]
