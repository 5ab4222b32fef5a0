"""Build the pose model bundles (``pose_lite.task``, ``pose_full.task``, ``pose_heavy.task``).

MediaPipe's Tasks API reads a ``.task`` bundle: an uncompressed zip of a detector and a landmark
network, each carrying the normalisation of its input as metadata. The networks come from two
registry packages, both Apache-2.0::

    npm pack @mediapipe/pose@0.5.1675469404
    pip download --no-deps mediapipe==0.10.21 --python-version 3.11 --only-binary=:all:
    python models/build_models.py mediapipe-pose-*.tgz mediapipe-0.10.21-*.whl models/

Inputs are checked by sha256 before anything is written; the outputs' sha256 are printed and kept
in ``models/sha256.txt``. The same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as tflite_schema

DETECTOR_IN_WHEEL = "mediapipe/modules/pose_detection/pose_detection.tflite"
DETECTOR_SHA256 = "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"
LANDMARKS_SHA256 = {
    "lite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "heavy": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}
DETECTOR_NORMALISATION = (127.5, 127.5)
LANDMARKS_NORMALISATION = (0.0, 255.0)


def normalisation_metadata(name: str, mean: float, std: float) -> bytes:
    """The smallest metadata flatbuffer that MediaPipe accepts for an image model."""
    options = metadata_schema.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = metadata_schema.ProcessUnitT()
    unit.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    content = metadata_schema.ContentT()
    content.contentPropertiesType = metadata_schema.ContentProperties.ImageProperties
    content.contentProperties = metadata_schema.ImagePropertiesT()
    content.contentProperties.colorSpace = metadata_schema.ColorSpaceType.RGB
    tensor = metadata_schema.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
    subgraph = metadata_schema.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [tensor]
    model = metadata_schema.ModelMetadataT()
    model.name, model.subgraphMetadata = name, [subgraph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def with_metadata(network: bytes, metadata: bytes) -> bytes:
    """The network with ``metadata`` in a buffer named TFLITE_METADATA."""
    model = tflite_schema.ModelT.InitFromObj(tflite_schema.Model.GetRootAsModel(network, 0))
    buffer = tflite_schema.BufferT()
    buffer.data = np.frombuffer(metadata, dtype=np.uint8)
    model.buffers.append(buffer)
    entry = tflite_schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(network) + len(metadata) + 4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def checked(content: bytes, sha256: str, what: str) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SystemExit(f"{what}: sha256 is {found}, expected {sha256}; wrong package version?")
    return content


def bundle(detector: bytes, landmarks: bytes) -> bytes:
    """An uncompressed zip with fixed time stamps, so that equal inputs give equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (
            ("pose_detector.tflite", detector),
            ("pose_landmarks_detector.tflite", landmarks),
        ):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def main(package: Path, wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        detector = checked(archive.read(DETECTOR_IN_WHEEL), DETECTOR_SHA256, "pose detector")
    detector = with_metadata(detector, normalisation_metadata("pose detector", *DETECTOR_NORMALISATION))
    lines = []
    with tarfile.open(package) as archive:
        for name, sha256 in LANDMARKS_SHA256.items():
            member = archive.extractfile(f"package/pose_landmark_{name}.tflite")
            assert member is not None
            network = checked(member.read(), sha256, f"pose landmarks ({name})")
            metadata = normalisation_metadata("pose landmarks", *LANDMARKS_NORMALISATION)
            content = bundle(detector, with_metadata(network, metadata))
            (target / f"pose_{name}.task").write_bytes(content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  pose_{name}.task")
    (target / "sha256.txt").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
