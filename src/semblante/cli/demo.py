"""`semblante demo`: the whole path on drawn faces, from raw pictures to a report, within three minutes."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.console import print_blocks, print_plain, results
from semblante.cli.progress import job_context
from semblante.cli.train import live_table
from semblante.errors import FolderNotEmpty
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle
    from semblante.report import PersonSection

HELP = tr("Walk the whole path on drawn faces, and leave a report to read.")

NETWORK, LIBRARY = "network", "library"
"""The folders that the page is opened on."""
PERSON_NAME = "María José"
PEOPLE, PICTURES_EACH = 300, 8
SHOWN_SIDE_PX, TRAINED_SIDE_PX, EPOCHS = 128, 32, 10
"""The report shows what was prepared; the network takes less, so two cores train it in two minutes."""
CROWD, OTHER_CROWD = 1, 2
"""Seeds of two crowds with nobody in common: the network learns one; person and strangers are the other."""
PERSON = 40
"""A woman in every picture of her: the texts say "her"."""
PHOTOS_OF_PERSON, NEW_PHOTOS_OF_PERSON = 20, 10
STRANGERS, NEW_STRANGERS = 800, 100
FALSE_MATCH_RATE = 0.01
"""More than by default: a network that learnt 210 people tells others apart less well."""
MAX_ANSWERS = 16
"""So many of the likeliest answers are printed."""


def command(
    out: Annotated[
        Path, typer.Argument(help=tr("The folder for everything that the demo makes."), metavar=tr("OUT"))
    ],
) -> None:
    """Draw, prepare, train, evaluate, learn, recognise, report. A stopped demo is taken up again."""
    from semblante import train as training
    from semblante.pipeline import ORIGIN_FILE, FaceModel, evaluate, prepare, write_celeba
    from semblante.report import data_section, model_section, write_report
    from semblante.report.evaluation import evaluation_summary

    raw = out / "celeba"
    if out.exists() and not (raw / ORIGIN_FILE).exists() and any(out.iterdir()):
        raise FolderNotEmpty("not_an_empty_folder", path=out)
    training.check_packages()
    # PyTorch reads it when it is loaded. The batches are so small that two threads wait for each other longer
    # than they compute: on a busy machine, one took a fifth of their time.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    count = PEOPLE * PICTURES_EACH
    _step(tr("1. Drawing {count} pictures of {people} people who do not exist", count=count, people=PEOPLE))
    if not raw.exists():
        with job_context("drawing") as job:
            write_celeba(raw, PEOPLE, PICTURES_EACH, CROWD, job)
    _step(tr("2. Preparing them as if they were CelebA"))
    with job_context("preparing") as job:
        data = prepare(raw, out / "prepared", SHOWN_SIDE_PX, job)
    _step(tr("3. Training a network to read 40 attributes"))
    with live_table() as job:
        bundle = training.train(data, out / NETWORK, training.choose("modern", TRAINED_SIDE_PX, EPOCHS), job)
    _step(tr("4. Evaluating it on people who are not in the training data"))
    measured = evaluate(FaceModel(bundle), data)
    print_blocks(*evaluation_summary(measured.evaluation))
    person = _learn_and_recognise(out, bundle)
    report = out / "report.html"
    write_report(report, [model_section(measured, bundle, data), person, data_section(data)], "drawn")
    _step(tr("The report: {path}", path=report))
    print_plain(
        results(),
        tr(
            "Next: open it in a browser. The page on all of this: {program} app --library {library} "
            "--base {network}",
            program=_program(),
            library=out / LIBRARY,
            network=out / NETWORK,
        ),
    )
    print_plain(
        results(),
        tr(
            "Then, with five to twenty photos of somebody who agrees to it, on the bundled model: "
            "{program} learn NAME PHOTOS, and {program} recognise NAME OTHER_PHOTOS",
            program=_program(),
        ),
    )


def _program() -> str:
    """How this command was called, if its short name is not on the path, as after `scripts/demo`."""
    return "semblante" if shutil.which("semblante") or Path(sys.argv[0]).stem != "semblante" else sys.argv[0]


def _learn_and_recognise(out: Path, base: "Bundle") -> "PersonSection":
    """Learn one drawn person who is not in the training data, and recognise her among other people."""
    from semblante.pipeline import (
        FaceAnalyzer,
        Library,
        TrainingPhotos,
        learn,
        save,
        write_person,
        write_strangers,
    )
    from semblante.report import person_section
    from semblante.report.wording import answers_table, evidence_text

    _step(tr("5. Learning {name} from {count} pictures of her", name=PERSON_NAME, count=PHOTOS_OF_PERSON))
    print_plain(
        results(),
        tr(
            "At most 1 in {count} other people should get a yes. (By default it is 1 in 1,000: this network "
            "has seen few people.)",
            count=round(1 / FALSE_MATCH_RATE),
        ),
    )
    photos = PHOTOS_OF_PERSON + NEW_PHOTOS_OF_PERSON
    hers = write_person(out / "photos" / PERSON_NAME, "maria-jose", OTHER_CROWD, PERSON, photos)
    people = range(PERSON + 1, PERSON + 1 + STRANGERS + NEW_STRANGERS)
    strangers = write_strangers(out / "photos" / "others", "stranger", OTHER_CROWD, people)
    analyzer = FaceAnalyzer(base)
    training = TrainingPhotos(hers[:PHOTOS_OF_PERSON], strangers[:STRANGERS], is_sorted=True)
    result = learn(PERSON_NAME, training, analyzer, FALSE_MATCH_RATE, aligned=True)
    learnt = result.person
    save(learnt, out / "maria-jose.json")
    print_plain(results(), evidence_text(learnt.evaluation))

    _step(tr("6. Looking for her in pictures that the neuron was not trained on"))
    unseen = [*hers[PHOTOS_OF_PERSON:], *strangers[STRANGERS:]]
    with analyzer, Library(out / LIBRARY, create=True) as library:
        said = list(analyzer.recognise(learnt, unseen, aligned=True))
        library.scan([out / "photos"], analyzer, aligned=True)
        library.keep(result, if_known="replace")
    likeliest = sorted(said, key=lambda answer: -(answer.probability or 0))
    print_blocks(answers_table(likeliest[:MAX_ANSWERS]))
    hers_new = {str(path) for path in hers}
    return person_section(learnt, [(answer, answer.source in hers_new) for answer in said])


def _step(sentence: str) -> None:
    print_plain(results(), f"\n{sentence}")
