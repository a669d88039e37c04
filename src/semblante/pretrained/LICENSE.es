Las redes de esta carpeta: solo para investigación no comercial

Traducción del archivo LICENSE; vale el texto en inglés.

Esto se aplica a network.onnx, background.npy y aligner.onnx, y a sus copias y versiones modificadas. El código de
Semblante está bajo la licencia MIT, que no comprende estos archivos.

Se entrenaron con CelebA (Liu, Luo, Wang y Tang, "Deep Learning Face Attributes in the Wild", ICCV 2015), que solo puede
usarse para investigación no comercial: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html. Lo que se entrenó con ella
queda bajo estas condiciones:

- Úselas para investigar, no para ganar dinero: ni en un producto ni en un servicio de pago.
- No decida sobre personas con ellas, ni identifique a nadie sin su consentimiento.
- Quien las pase a otros les pasa también este texto.

network.onnx aprendió además de otra red, a la que se preguntó qué ve en estas imágenes: SFace (OpenCV Zoo, 2021dec,
int8bq, https://github.com/opencv/opencv_zoo, licencia Apache 2.0). Sus autores no dicen con qué datos se entrenó:
probablemente con grandes conjuntos de fotos de la web, a cuyas personas nadie preguntó. Nada de su archivo está en esta
carpeta.

Se entregan tal como están, sin garantía alguna, y nadie responde de lo que resulte de su uso.

Una red propia, entrenada con fotos propias, no está sujeta a esto; indíquela con --base.

El detector de caras que está junto a ellas, face_detection_yunet_2023mar_int8bq.onnx, es YuNet, del OpenCV Zoo. Es obra
de otros y está bajo la licencia MIT, en LICENSE-YuNet.
