"""The landmark network without what gaitcheck never reads: the outline of the body, a third of its time.

MediaPipe's network draws, beside the landmarks, a picture of where the body is. Nothing of it goes into the landmarks,
but it is drawn for every frame, asked for or not. Here its operators are left out; landmarks stay the same to the bit.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

LANDMARK_NETWORK = "pose_landmarks_detector.tflite"
OUTPUTS = 5
PRESENCE, OUTLINE = 1, 2
"""Places among the network's outputs: how sure it is of a body, one number, and the body's outline, a picture."""


def lean_bundle(bundle: bytes) -> bytes:
    """A ``.task`` bundle whose landmark network leaves the outline out.

    A bundle that is not what MediaPipe's own is comes back as it is; whether it can be used is for MediaPipe to say.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        members[LANDMARK_NETWORK] = without_outline(members[LANDMARK_NETWORK])
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, AttributeError, struct.error):
        return bundle
    lean = io.BytesIO()
    with zipfile.ZipFile(lean, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return lean.getvalue()


def without_outline(network: bytes) -> bytes:
    """A TFLite network with the presence in the outline's place and without the operators that only drew it.

    Raises
    ------
    ValueError
        If its outputs are not those of MediaPipe's landmark networks.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    model = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(network, 0))
    graph = model.subgraphs[0]
    outputs = [int(tensor) for tensor in graph.outputs]
    shapes = [[int(size) for size in graph.tensors[tensor].shape] for tensor in outputs]
    if (
        len(outputs) != OUTPUTS
        or shapes[PRESENCE] != [1, 1]
        or shapes[OUTLINE][-1:] != [1]
        or len(shapes[OUTLINE]) != 4
    ):
        raise ValueError("not a landmark network with an outline")
    outputs[OUTLINE] = outputs[PRESENCE]
    graph.outputs = outputs
    graph.operators = _needed(graph.operators, outputs)
    builder = flatbuffers.Builder(len(network))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _needed(operators: Sequence[Any], outputs: list[int]) -> list[Any]:
    """The operators that lead to ``outputs``, in their order."""
    makes = {int(tensor): number for number, operator in enumerate(operators) for tensor in operator.outputs}
    needed: set[int] = set()
    open_tensors = list(outputs)
    while open_tensors:
        number = makes.get(open_tensors.pop())
        if number is not None and number not in needed:
            needed.add(number)
            open_tensors += [int(tensor) for tensor in operators[number].inputs]
    return [operator for number, operator in enumerate(operators) if number in needed]
