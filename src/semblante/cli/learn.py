"""`semblante learn`: model 2 learns one person from photos, on a trained network that stays as it is."""

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from semblante.cli.advice import separability_text
from semblante.cli.console import PERSON, REPORT, print_plain, remarks, replaceable, results
from semblante.cli.hints import chosen, remark_kept, remark_look_alikes, remark_shared
from semblante.cli.options import (
    Aligned,
    BaseFolder,
    LibraryFolder,
    Merge,
    Replace,
    decimal_number,
    if_known,
    open_index,
)
from semblante.cli.progress import job_context
from semblante.errors import InvalidOption
from semblante.i18n import tr

if TYPE_CHECKING:
    from semblante.model.bundle import Bundle
    from semblante.pipeline import IfKnown, LearnResult

HELP = tr("Learn one person from photos, and say how well that person is told from others.")


def command(
    name: Annotated[str, typer.Argument(help=tr("The person's name, in any script."), metavar=tr("NAME"))],
    photos: Annotated[
        list[Path] | None,
        typer.Argument(
            help=tr(
                "Photos of the person, five or more: files, folders or patterns. Others may be in them too; "
                "the face that they have in common is learnt."
            ),
            metavar=tr("PHOTO…"),
        ),
    ] = None,
    others: Annotated[
        list[Path] | None,
        typer.Option(
            "--not",
            "--others",
            help=tr(
                "Photos of people who are not the person, best of all of those who look alike, such as "
                "brothers and sisters; may be repeated."
            ),
            metavar=tr("PATH"),
        ),
    ] = None,
    course: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "Instead of both: a folder with train/NAME, train/others and, if you like, validation; "
                "includes --aligned."
            )
        ),
    ] = None,
    rate: Annotated[
        float,
        typer.Option(
            "--false-match-rate",
            help=tr("The share of other people's faces that may get a yes."),
            metavar=tr("SHARE"),
            parser=decimal_number,
        ),
    ] = 0.001,
    birth_date: Annotated[
        datetime | None,
        typer.Option(
            help=tr(
                "When the person was born: photos then teach by the age that their date gives, and the ages "
                "that are missing are named."
            ),
            formats=["%Y-%m-%d"],
            metavar=tr("YYYY-MM-DD"),
        ),
    ] = None,
    base: BaseFolder = None,
    aligned: Aligned = False,
    out: Annotated[
        Path | None,
        typer.Option(help=tr("Write a person file, instead of keeping the person in the library.")),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help=tr("Also write a report with pictures to this HTML file."))
    ] = None,
    merge: Merge = False,
    replace: Replace = False,
    library: LibraryFolder = None,
) -> None:
    """Learn, keep the person, and say how good it is and what would make it better."""
    from semblante.pipeline import (
        FaceAnalyzer,
        TrainingPhotos,
        check_name,
        course_layout,
        data_folder,
        has_index,
        learn,
    )
    from semblante.report import learnt_section, write_report
    from semblante.report.wording import evidence_text, held_out_text, learnt_text

    if (course is None) == (not photos) or (course is not None and others is not None):
        raise InvalidOption("photos_or_course")
    name, choice = check_name(name), if_known(merge, replace)
    if choice and out is not None:
        raise InvalidOption("file_has_one_person")
    sets = course_layout(course, name) if course else TrainingPhotos(photos or [], others or [])
    for path, kind in ((out, PERSON), (report, REPORT)):
        if path is not None:
            replaceable(path, kind)
    if out is None and has_index(data_folder(library)):
        with open_index(library) as index:
            index.check_writable()
    with FaceAnalyzer(base) as analyzer, job_context("reading_photos", name) as job:
        bundle = analyzer.bundle
        result = learn(
            name,
            sets,
            analyzer,
            rate,
            aligned or course is not None,
            birth_date.date() if birth_date else None,
            job,
        )
    kept = _keep(result, bundle, out, library, base, choice)
    if report:
        write_report(report, [learnt_section(result)], bundle.manifest["licence"]["terms"])
    print_plain(results(), learnt_text(result))
    print_plain(results(), held_out_text(result.fit))
    print_plain(results(), evidence_text(result.person.evaluation))
    if result.separability or others:
        print_plain(results(), separability_text(result.separability, result.person.name))
    print_plain(results(), kept)
    if report:
        print_plain(results(), str(report))
    print_plain(remarks(), tr(bundle.manifest["licence"]["text"]))


def _keep(
    result: "LearnResult",
    bundle: "Bundle",
    out: Path | None,
    library: Path | None,
    base: Path | None,
    choice: "IfKnown | None",
) -> str:
    """Keep the person where it belongs, and say where that is and how the user goes on."""
    from semblante.pipeline import save

    if out is not None:
        save(result.person, out)
        return str(out)
    with open_index(library, new=True) as index:
        kept = index.keep(result, bundle.background(), choice)
        if kept.outcome != "new":
            remark_kept(kept, library)
        remark_shared(index, kept.person.name, library)
        remark_look_alikes(kept.person.name, kept.look_alikes)
        if kept.answers:
            print_plain(remarks(), tr("The figures are of the photos alone"))
        return tr(
            "{name} is in the library {path}; to go on: semblante scan FOLDER…{scanning}, then "
            "semblante find {quoted}{finding}",
            name=result.person.name,
            path=index.folder,
            quoted=shlex.quote(result.person.name),
            scanning=chosen(library, base),
            finding=chosen(library),
        )
