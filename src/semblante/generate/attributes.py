"""The truth of CelebA's 40 attributes for a drawn picture, read off what was drawn.

Most are measures or flags of the person and things worn in the scene. Three are opinions or habits of
CelebA's annotators and follow a written rule here: `Attractive` (see `_attractive`), `No_Beard` (nothing
grows on jaw or chin: a moustache alone leaves it true, stubble does not) and the hair's colour, which is
said only where hair is seen.
"""

import numpy as np
from jaxtyping import UInt8

from semblante.generate.hair import tucked
from semblante.generate.identity import Identity
from semblante.generate.picture import Scene
from semblante.labels import ATTRIBUTES

MAX_YOUNG_YEARS = 45.0


def true_attributes(identity: Identity, scene: Scene) -> UInt8[np.ndarray, "40"]:
    """0 or 1 for each attribute, in the order of `labels.ATTRIBUTES`."""
    truth = _truth_of_person(identity) | _truth_of_hair(identity, scene) | _truth_of_scene(scene)
    truth["Attractive"] = _attractive(truth)
    return np.array([truth[name] for name in ATTRIBUTES], np.uint8)


def _truth_of_person(identity: Identity) -> dict[str, bool]:
    face, beard = identity.face, identity.beard
    return {
        "Male": identity.male,
        "Young": identity.age < MAX_YOUNG_YEARS,
        "Chubby": face.chubby > 0.5,
        "Double_Chin": face.double_chin > 0.5,
        "Oval_Face": face.oval,
        "High_Cheekbones": face.cheekbones > 0.5,
        "Big_Nose": identity.nose.big,
        "Pointy_Nose": identity.nose.pointy,
        "Big_Lips": identity.mouth.big,
        "Narrow_Eyes": identity.eyes.narrow,
        "Bags_Under_Eyes": identity.eyes.bags > 0.5,
        "Arched_Eyebrows": identity.brows.arched,
        "Bushy_Eyebrows": identity.brows.bushy,
        "Pale_Skin": identity.skin.pale,
        "5_o_Clock_Shadow": beard.style == "stubble",
        "Goatee": beard.style == "goatee",
        "Mustache": beard.style in ("mustache", "goatee", "beard"),
        "No_Beard": beard.style in ("none", "mustache"),
        "Sideburns": beard.sideburns,
    }


def _truth_of_hair(identity: Identity, scene: Scene) -> dict[str, bool]:
    hair, covered = identity.hair, scene.hat is not None
    bald = hair.style == "bald"
    hangs = hair.style in ("bob", "long") and not (tucked(identity, 1.0) and tucked(identity, -1.0))
    seen = not bald and (hangs or not covered)
    shaped = seen and hair.style != "buzz"
    return {
        "Bald": bald and not covered,
        "Bangs": hair.bangs != "none" and not covered,
        "Receding_Hairline": hair.receding > 0.5 and not covered,
        "Black_Hair": seen and hair.colour_name == "black",
        "Brown_Hair": seen and hair.colour_name == "brown",
        "Blond_Hair": seen and hair.colour_name == "blond",
        "Gray_Hair": seen and hair.colour_name == "gray",
        "Straight_Hair": shaped and hair.wave == "straight",
        "Wavy_Hair": shaped and hair.wave in ("wavy", "curly"),
    }


def _truth_of_scene(scene: Scene) -> dict[str, bool]:
    return {
        "Smiling": scene.smile > 0.5,
        "Mouth_Slightly_Open": scene.mouth_open > 1.0,
        "Blurry": scene.blur_px > 0.0,
        "Eyeglasses": scene.glasses is not None,
        "Wearing_Hat": scene.hat is not None,
        "Wearing_Earrings": scene.earrings is not None,
        "Wearing_Necklace": scene.necklace is not None,
        "Wearing_Necktie": scene.necktie is not None,
        "Wearing_Lipstick": scene.lipstick is not None,
        "Heavy_Makeup": scene.makeup > 0.5,
        "Rosy_Cheeks": scene.blush > 0.5,
    }


def _attractive(truth: dict[str, bool]) -> bool:
    """At least three points of what CelebA's annotators rewarded; it is no judgement of ours."""
    points = 2 * truth["Young"] + truth["Oval_Face"] + truth["High_Cheekbones"] + truth["Heavy_Makeup"]
    points += truth["Arched_Eyebrows"] + truth["Smiling"] - 2 * truth["Chubby"] - truth["Big_Nose"]
    points -= truth["Bags_Under_Eyes"] + truth["Bald"] + truth["Eyeglasses"] + truth["Blurry"]
    return points >= 3
