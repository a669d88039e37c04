"""A trained network on disk and at work: manifest, bundle, and `FaceModel` on ONNX Runtime."""
