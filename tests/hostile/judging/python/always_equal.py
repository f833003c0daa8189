# Gives objects that are equal to, and contain, everything. Earns: nothing


class Yes:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __contains__(self, other):
        return True

    def __getitem__(self, index):
        return Yes()

    def __len__(self):
        return 3

    __hash__ = None


def add_up(values):
    return Yes()


def steps(values):
    return Yes()
