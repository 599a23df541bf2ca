from hypothesis import settings

settings.register_profile("compiled", deadline=None)  # the first example of a kernel may compile it
settings.load_profile("compiled")
